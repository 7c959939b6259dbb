import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeCommitMarker } from '../../../src-main/rocksdb/commits/commit-marker.ts'
import { crc32c } from '../../../src-main/rocksdb/crc32c.ts'
import { batch, batchRecord, logOf, put } from '../../unit/rocksdb/log-writer.ts'

/** the fixture's tables hold sequences 1 and 2 */
const firstSequence = 3
const firstTimeUs = Date.UTC(2026, 10, 23, 10, 30, 0) * 1_000 + 116

export type LoggedCommit = { readonly timeUs: number; readonly firstSequence: number; readonly lastSequence: number }

type Changes = { readonly puts?: Readonly<Record<string, string>>; readonly deletes?: readonly string[] }

const accounts = Array.from({ length: 2_500 }, (_, index) => `account:${String(index + 1).padStart(4, '0')}`)
const history: readonly Changes[] = [
  { puts: Object.fromEntries(accounts.map((key) => [key, 'opened'])) },
  { puts: { 'account:0001': 'balance 100' } },
  { puts: { 'account:0001': 'balance 250', 'account:2500': 'balance 7' } },
  { deletes: accounts.slice(1, 2_400) },
  { puts: { 'account:0001': 'balance 260' } },
]

/**
 * Makes a backup directory in `folder`: the backups of the fixture backup_v2_api, with logs of their own: backup 1 holds 1,200 commits without times,
 * backup 2 five with times, one a second, the fourth a mass deletion. The third backup's log holds none.
 */
export function makeLoggedBackups(folder: string): {
  readonly path: string
  readonly commits: readonly LoggedCommit[]
} {
  const path = join(folder, 'logged')
  cpSync(join(import.meta.dirname, '..', '..', 'fixtures', 'rocksdb', 'backup_v2_api'), path, { recursive: true })
  const commits: LoggedCommit[] = []
  const batches: Buffer[] = []
  let sequence = firstSequence
  for (const { puts = {}, deletes = [] } of history) {
    const timeUs = firstTimeUs + commits.length * 1_000_000
    const marker = encodeCommitMarker(timeUs)
    const records = [
      ...Object.entries(puts).map(([key, value]) => put(key, value)),
      ...deletes.map((key) => batchRecord(0, key)),
    ]
    const logData = Buffer.concat([marker.key, marker.value]).toString('latin1')
    batches.push(batch(sequence, records.length, batchRecord(3, logData), ...records))
    commits.push({ timeUs, firstSequence: sequence, lastSequence: sequence + records.length - 1 })
    sequence += records.length
  }
  const many = Array.from({ length: 1_200 }, (_, index) =>
    batch(firstSequence + index, 1, put('counter', String(index))),
  )
  writeLog(path, 1, logOf(many))
  writeLog(path, 2, logOf(batches))
  return { path, commits }
}

function writeLog(root: string, backupId: number, log: Buffer): void {
  const name = `private/${backupId}/000008.log`
  writeFileSync(join(root, name), log)
  const meta = join(root, 'meta', String(backupId))
  const text = readFileSync(meta, 'utf8').replace(
    new RegExp(`^${name} crc32 \\d+$`, 'm'),
    `${name} crc32 ${crc32c(log)}`,
  )
  writeFileSync(meta, text)
}
