// Goal: what a server said reaches the contract whole where it is known, as it came where it is not, and bounded.
import { expect, test } from 'vitest'
import { limits } from '#base/limits.ts'
import { ServerBackupList, ServerStatus } from '../../../src-main/contract/servers.ts'
import { keptPart, listOf, productText, statusOf } from '../../../src-main/core/server-facts.ts'
import { readStatus } from '../../../src-main/servers/read-reply/read-agent.ts'
import { readList } from '../../../src-main/servers/read-reply/read-list.ts'
import { replyOf } from '../servers/support/encode-reply.ts'

const NOW_US = 1_780_272_000_000_000
const read = (value: unknown) => listOf({ reading: readList(replyOf(value), NOW_US), rawReplies: [] }, NOW_US)

test.each([
  [{ kind: 'lifeboat', version: '0.1.0', program: 'sandbox' } as const, 'Lifeboat sandbox 0.1.0'],
  [{ kind: 'samyama', version: '1.11.0', program: null } as const, 'Samyama 1.11.0'],
  [{ kind: 'redis', version: null, program: null } as const, 'Redis'],
  [{ kind: 'unknown', version: null, program: null } as const, null],
])('a product is named as far as it says', (product, text) => {
  expect(productText({ ...product, edition: null })).toBe(text)
})

test('numbers that no number holds exactly are left out of a status', () => {
  const status = (more: object) => statusOf(readStatus(replyOf({ timeline: 'a', archived_seq: 1, ...more })))
  expect(status({ last_seq: 2n ** 60n, progress: '0.5', job: 'full' })).toMatchObject({
    lastSequence: null,
    progress: 0.5,
  })
  for (const progress of ['7', '-1', 'NaN', 'half', '45 %']) expect(status({ progress })?.progress).toBe(null)
  expect(ServerStatus.parse(status({ last_seq: -5, recoverable_from_us: 'soon' }))).toMatchObject({
    lastSequence: null,
  })
  expect(statusOf(readStatus(replyOf('what?')))).toBe(null)
})

test('a field is shown as it came unless its value is shown already', () => {
  const { list } = read([
    { id: 7, state: 'ok', verified: 'yes', created_at: '2026-03-04 10:00:00', level: 'full', note: 'n' },
  ])
  expect(list.backups[0]).toMatchObject({ id: '7', state: 'ok', createdAtUs: null })
  expect(list.backups[0]?.otherFields).toEqual([
    { name: 'verified', text: 'yes' },
    { name: 'created_at', text: '2026-03-04 10:00:00' },
    { name: 'level', text: 'full' },
    { name: 'note', text: 'n' },
  ])
})

test('a list is bounded as it is shown and as it is kept, and says so', () => {
  const count = limits.serverBackupsShownMax + 5
  const long = 'z'.repeat(limits.serverFieldCharactersMax + 1)
  const backups = Array.from({ length: count }, (_each, index) => ({
    id: count - index,
    created_us: NOW_US - index,
    note: long,
  }))
  const { list, backupCount, newestBackupAtUs } = read(backups)
  expect([list.backups.length, backupCount, newestBackupAtUs]).toEqual([limits.serverBackupsShownMax, count, NOW_US])
  expect(list.warnings).toEqual([`Only the first ${limits.serverBackupsShownMax} of ${count} are shown.`])
  expect(list.backups[0]?.otherFields).toEqual([{ name: 'note', text: `${long.slice(1)}…` }])
  const kept = ServerBackupList.parse(keptPart({ ...list, backups: list.backups.slice(0, 1001), warnings: [] }))
  expect([kept.backups.length, kept.warnings]).toEqual([1000, ['Only the first 1000 of 1001 are shown.']])
})

test('a list that is not understood is shown as it came and counts nothing', () => {
  expect(read('no list')).toEqual({
    list: { backups: [], readAtUs: NOW_US, warnings: ['The reply was not understood.'], rawReply: 'no list' },
    backupCount: null,
    newestBackupAtUs: null,
  })
})
