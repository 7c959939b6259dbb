// Goal: states of backups are what their files hold: behind their end from the archive, compared with one another, counted by
// label. Method: fixtures with written archives, backups made by ldb from known steps.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { StateRef } from '#contract'
import { ended, openSource, useCore } from '../support/core-under-test.ts'
import { copyFixture } from '../support/fixtures.ts'
import { makeGraphBackups } from '../support/graph-backups.ts'
import { makeBackupDirectory, skipWithoutRocksdbTools } from '../support/rocksdb-tools.ts'
import { rowsOf } from '../support/state-rows.ts'
import { tempDir } from '../support/temp-dir.ts'
import { batch, logOf, put as putRecord } from '../unit/rocksdb/log-writer.ts'

const shared = useCore()

describe('a backup with an archive beside it', () => {
  const put = (sequence: number) => batch(sequence, 1, putRecord(`archived ${sequence}`, `value ${sequence}`))

  async function withArchive(
    segments: Record<string, readonly Uint8Array[]>,
  ): Promise<{ sourceId: number; backupId: number }> {
    const path = copyFixture('backup_v2_api')
    mkdirSync(join(path, 'wal', '0'), { recursive: true })
    for (const [name, batches] of Object.entries(segments))
      writeFileSync(join(path, 'wal', '0', `${name.padStart(20, '0')}.wal`), logOf(batches))
    const { sourceId } = await openSource(shared.core, path)
    return { sourceId, backupId: 2 }
  }

  test('shows any instant behind its end from the archive, and itself without one', async () => {
    const { core } = shared
    // the first segment begins before the end of the backup
    const place = await withArchive({ '3': [put(3), put(4), put(5)], '6': [put(6), put(7)] })
    const keysAt = async (upToSequence: number | null) => {
      const rows = await rowsOf(core, { ...place, upToSequence })
      return rows.flatMap(([key]) => (key.startsWith('archived') ? [key] : []))
    }
    expect([await keysAt(null), await keysAt(4), await keysAt(5), await keysAt(7), await keysAt(99)]).toEqual([
      [],
      [],
      ['archived 5'],
      ['archived 5', 'archived 6', 'archived 7'],
      ['archived 5', 'archived 6', 'archived 7'],
    ])
    const { commits } = await core.client.commits.list({
      state: { ...place, upToSequence: null },
      before: null,
      limit: 100,
    })
    expect(commits.map(({ lastSequence }) => lastSequence)).toEqual([7, 6, 5, 4, 3])
  })

  test('on one of several timelines shows itself, and refuses instants behind its end', async () => {
    const { core } = shared
    const place = await withArchive({ '5': [put(5)] })
    mkdirSync(join((await core.client.sources.get({ sourceId: place.sourceId })).path, 'wal', '1'))
    expect((await rowsOf(core, { ...place, upToSequence: null })).length).toBe(4)
    await expect(rowsOf(core, { ...place, upToSequence: 5 })).rejects.toMatchObject({ data: { code: 'BAD_REQUEST' } })
  })

  test('ends before a gap, and says so', async () => {
    const { core } = shared
    const place = await withArchive({ '5': [put(5)], '8': [put(8)] })
    const request = { state: { ...place, upToSequence: 8 }, columnFamilyId: 0, from: null, after: null, limit: 100 }
    const page = await core.client.data.page(request)
    expect([page.lastSequence, page.rows.length, page.damages.map(({ problem }) => problem)]).toEqual([
      5,
      5,
      ['operations are missing before this log'],
    ])
  })
})

describe('two backups of a directory', () => {
  test('are compared by what was put, changed and deleted between them, whole tables left unread', async (context) => {
    skipWithoutRocksdbTools(context)
    const numbered = (from: number, to: number, value: string) =>
      Array.from({ length: to - from }, (_, index) => [`key ${String(from + index).padStart(5, '0')}`, value] as const)
    const { backupPath } = await makeBackupDirectory({
      folder: tempDir(),
      backups: [
        [{ kind: 'load', entries: numbered(0, 2000, 'old') }, { kind: 'compact' }],
        [
          { kind: 'load', entries: numbered(1990, 2010, 'new') },
          { kind: 'delete', key: 'key 00007' },
          { kind: 'deleteRange', begin: 'key 00100', end: 'key 00110' },
        ],
      ],
    })
    const { core } = shared
    const { sourceId } = await openSource(core, backupPath)
    const [left, right] = [1, 2].map((backupId) => ({ sourceId, backupId, upToSequence: null })) as [StateRef, StateRef]
    const forward = await ended(core, core.client.compare.start({ left, right }))
    const expected = { addedCount: 10, changedCount: 10, removedCount: 11, sharedTableCount: 1, damageCount: 0 }
    expect(forward.result).toMatchObject({ kind: 'compare', families: [{ name: 'default', ...expected }] })
    // what both share is jumped over
    expect(forward.result?.kind === 'compare' && forward.result.families[0]?.comparedCount).toBeLessThan(50)
    const backward = await ended(core, core.client.compare.start({ left: right, right: left }))
    expect(backward.result).toMatchObject({ families: [{ addedCount: 11, changedCount: 10, removedCount: 10 }] })
  })

  test('of a graph are counted by label', async (context) => {
    skipWithoutRocksdbTools(context)
    const { backupPath } = await makeGraphBackups(tempDir())
    const { core } = shared
    const { sourceId, backups } = await openSource(core, backupPath)
    const { backupId } = backups[0]!
    const job = await ended(
      core,
      core.client.data.count({ state: { sourceId, backupId, upToSequence: null }, columnFamilyId: null }),
    )
    const families = job.result?.kind === 'count' ? job.result.families : []
    const nodes = families.find(({ name }) => name === 'nodes')
    expect(nodes?.labels.length).toBeGreaterThan(0)
    // every node of these graphs has one label
    expect(nodes?.labels.reduce((sum, { rowCount }) => sum + rowCount, 0)).toBe(nodes?.rowCount)
  })
})
