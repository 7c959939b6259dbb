// Goal: after a power cut at any moment every published backup is whole, and one that was told as made is there. Method: a
// model of a disk that keeps only what was synced, and of the rest nothing, the names alone, or a random part; a run with
// a backup, a cancelled one, one whose last sync fails and another backup is replayed up to each of its calls.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ControlSwitch } from '#base/abort.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { systemError } from '../../support/faulty-layer.ts'
import { copyFixture } from '../../support/fixtures.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { seededRandom } from '../../unit/rocksdb/fixtures.ts'
import { type Kept, PowerCutDisk } from './power-cut-disk.ts'
import { filesBelow, filesNamed, newRepository, restored, rowsOf, take, unsyncedLayer, verified } from './support.ts'

const SEEDS = [1, 2, 3]

/** Fails in the sync that would make the backup's own name last. */
function failingLastSync(layer: FileLayer): FileLayer {
  let isNamed = false
  return {
    ...layer,
    rename(from, to) {
      layer.rename(from, to)
      isNamed ||= from.includes('/meta/')
    },
    sync(descriptor) {
      if (!isNamed) return layer.sync(descriptor)
      isNamed = false
      throw systemError('EIO')
    },
  }
}

/** Stops at the first write into the folder of shared files. */
function stoppingWhileCopying(layer: FileLayer, control: ControlSwitch): FileLayer {
  return {
    ...layer,
    rename(from, to) {
      layer.rename(from, to)
      if (from.includes('shared_checksum')) control.stop()
    },
  }
}

test('whatever a power cut keeps, published backups are whole and the next one is made', {
  timeout: 300_000,
}, async () => {
  const database = copyFixture('db_two_cf_crashed')
  const rows = rowsOf(database)
  const repository = newRepository()
  const disk = new PowerCutDisk(repository)
  const control = new ControlSwitch()
  const told: { backupId: number; fromEvent: number }[] = []
  expect(() => take(database, repository, 1, { layer: stoppingWhileCopying(disk.layer, control), control })).toThrow(
    'stopped',
  )
  expect(() => take(database, repository, 2, { layer: failingLastSync(disk.layer) })).toThrow('EIO')
  for (const backupId of [3, 4]) {
    take(database, repository, backupId, { layer: disk.layer })
    told.push({ backupId, fromEvent: disk.eventCount })
  }
  expect(disk.eventCount).toBeGreaterThan(100)

  let publishedCount = 0
  const variants: [Kept, number][] = [
    ['nothing', 0],
    ['names', 0],
    ...SEEDS.map((seed): [Kept, number] => ['some', seed]),
  ]
  for (let eventCount = 0; eventCount <= disk.eventCount; eventCount += 1) {
    for (const [kept, seed] of variants) {
      const what = `${kept} of what was not synced behind call ${eventCount}, seed ${seed}`
      const left = join(tempDir(), 'repository')
      disk.cut(eventCount, left, kept, seededRandom(seed * 10_007 + eventCount))
      const { backupIds, problems } = await verified(left).catch(() => ({ backupIds: [] as number[], problems: [] }))
      expect(problems, what).toEqual([])
      publishedCount += backupIds.length
      const certain = told.filter(({ fromEvent }) => fromEvent <= eventCount).map(({ backupId }) => backupId)
      expect(backupIds, what).toEqual(expect.arrayContaining(certain))
      if (seed > 1) continue

      take(database, left, 9, { layer: unsyncedLayer })
      expect((await verified(left)).problems, what).toEqual([])
      expect(filesBelow(left), what).toEqual(filesNamed(left))
      if (eventCount % 20 === 0) expect(rowsOf(restored(left, 9))).toEqual(rows)
    }
  }
  expect(publishedCount).toBeGreaterThan(100)
})
