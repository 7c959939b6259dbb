// Goal: nothing that a real engine writes at full speed is missing from the archive. Method: databases of RocksDB 10.5 with tiny
// buffers, so that logs are born and removed all the time, while the archiver steps; every segment is read by RocksDB's own
// reader, and its operations are compared with what was written.
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Clock, systemClock } from '#base/clock.ts'
import { Archiver, type ArchiverOptions } from '../../../src-main/backup/archiver/archiver.ts'
import { watchLogs } from '../../../src-main/backup/archiver/watch-logs.ts'
import { type NativeDatabase, openNativeDatabase, skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import { rocksdbTools, runDbBench, runLdb, skipWithoutDbBench } from '../../support/rocksdb-tools.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { archivedSegments, withoutMark } from '../../unit/backup/archiver/archive-content.ts'

const clock: Clock = systemClock
const TINY = { writeBufferSize: 64 * 1024 }

function archiverOf(
  databaseDirectory: string,
  repositoryPath: string,
  options: Partial<ArchiverOptions> = {},
): Archiver {
  return new Archiver({ databaseDirectory, repositoryPath, timeline: '1', clock, segmentBytesMax: 200_000, ...options })
}

function repository(): string {
  const path = join(tempDir(), 'repository')
  mkdirSync(path)
  return path
}

/** One batch of two puts and, now and then, a delete. */
async function write(database: NativeDatabase, number: number): Promise<string[]> {
  const batch = database.family('default').write()
  const operations: string[] = []
  const put = (key: string, value: string) => {
    batch.tryPut(Buffer.from(key), Buffer.from(value))
    operations.push(`PUT(0) : ${hex(key)} : ${hex(value)}`)
  }
  put(`a${number}`, `value ${number} ${'x'.repeat(number % 200)}`)
  put(`b${number}`, 'y'.repeat((number * 7) % 300))
  if (number % 5 === 0) {
    batch.tryDelete(Buffer.from(`a${number - 3}`))
    operations.push(`DELETE(0) : ${hex(`a${number - 3}`)}`)
  }
  await batch.flush()
  batch.destroy()
  return operations
}

const hex = (text: string) => `0x${Buffer.from(text).toString('hex').toUpperCase()}`

/** Operations of every segment as dump_wal prints them, with the sequences proved to continue. */
async function dumped(repositoryPath: string): Promise<string[]> {
  const folder = join(repositoryPath, 'wal/1')
  const names = readdirSync(folder).filter((name) => name.endsWith('.wal'))
  const operations: string[] = []
  let next = 1
  for (const name of names.sort()) {
    const text = await runLdb(['dump_wal', `--walfile=${join(folder, name)}`, '--print_value'])
    for (const line of text.split('\n')) {
      const [, sequence, count, rest = ''] = /^(\d+),(\d+),\d+,\d+,(.*)$/.exec(line) ?? []
      if (sequence === undefined) continue
      expect(Number(sequence)).toBe(next)
      next += Number(count)
      operations.push(...rest.trim().split(/ (?=PUT|DELETE)/))
    }
  }
  return operations.map((each) => each.trim())
}

describe('an archiver beside a database that writes at full speed', () => {
  test.for([0, 600])(
    'misses nothing, with logs that are removed or kept for %s s',
    { timeout: 120_000 },
    async (ttl, context) => {
      skipWithoutRocksdbNative(context)
      const path = join(tempDir(), 'database')
      const repositoryPath = repository()
      const database = await openNativeDatabase(path, { defaultFamily: TINY, walTtlSeconds: ttl })
      const archiver = archiverOf(path, repositoryPath)
      archiver.start()
      const written: string[] = []
      const logNames = new Set<string>()
      for (let number = 0; number < 4000; number += 1) {
        written.push(...(await write(database, number)))
        if (number % 7 === 0) {
          for (const name of readdirSync(path)) if (name.endsWith('.log')) logNames.add(name)
          expect(archiver.step()).toMatchObject({ gaps: [], damages: [], forked: null })
        }
      }
      let state = archiver.step()
      while (!state.isCaughtUp) state = archiver.step()
      expect(state).toMatchObject({ archivedSequence: written.length, lagBytes: 0, gaps: [], forked: null })
      // the test is of use only when logs came and went
      expect(logNames.size).toBeGreaterThan(5)
      archiver.stop()
      await database.close()
      const segments = archivedSegments(repositoryPath)
      expect(segments.map(({ isClosed, end }) => `${isClosed} ${end}`)).toEqual(segments.map(() => 'true clean'))
      expect(segments.length).toBeGreaterThan(2)
      if (rocksdbTools() !== null) expect(await dumped(repositoryPath)).toEqual(written)
    },
  )

  test('goes on behind restarts of both, also from the archive of the database', {
    timeout: 120_000,
  }, async (context) => {
    skipWithoutRocksdbNative(context)
    const path = join(tempDir(), 'database')
    const repositoryPath = repository()
    const written: string[] = []
    let number = 0
    for (let round = 0; round < 4; round += 1) {
      const database = await openNativeDatabase(path, { defaultFamily: TINY, walTtlSeconds: 600 })
      // only sometimes somebody looks
      const archiver = round % 2 === 0 ? archiverOf(path, repositoryPath) : null
      if (archiver !== null) expect(archiver.start()).toMatchObject({ gaps: [], forked: null, damages: [] })
      for (let index = 0; index < 600; index += 1, number += 1) {
        written.push(...(await write(database, number)))
        if (index % 50 === 0 && archiver !== null) archiver.step()
      }
      if (archiver !== null) {
        let state = archiver.step()
        while (!state.isCaughtUp) state = archiver.step()
        expect(state).toMatchObject({ archivedSequence: written.length, gaps: [], forked: null })
        archiver.stop()
      }
      await database.close()
    }
    const last = archiverOf(path, repositoryPath)
    last.start()
    expect(last.step()).toMatchObject({ archivedSequence: written.length, gaps: [], forked: null })
    last.stop()
    if (rocksdbTools() !== null) expect(await dumped(repositoryPath)).toEqual(written)
  })

  test('is woken by a write', async (context) => {
    skipWithoutRocksdbNative(context)
    const path = join(tempDir(), 'database')
    const database = await openNativeDatabase(path)
    let wake = () => {}
    const woken = new Promise<void>((resolve) => {
      wake = resolve
    })
    const watch = watchLogs(path, () => wake())
    expect(watch).not.toBe(null)
    await write(database, 1)
    await woken
    watch?.close()
  })
})

describe('what db_bench writes', () => {
  const shapes = [
    ['in one family', '--benchmarks=fillrandom,deleterandom'],
    ['in several families and batches', '--benchmarks=fillrandom', '--batch_size=7', '--num_column_families=3'],
    ['by several writers at once', '--benchmarks=fillrandom,overwrite', '--threads=4'],
    ['as merges', '--benchmarks=mergerandom', '--merge_operator=put', '--merge_keys=100'],
    [
      'as range deletions',
      '--benchmarks=fillrandom',
      '--writes_per_range_tombstone=20',
      '--max_num_range_tombstones=40',
    ],
    ['compressed', '--benchmarks=fillrandom', '--wal_compression=zstd', '--batch_size=30'],
    ['in large records', '--benchmarks=fillrandom', '--num=40', '--value_size=50000'],
  ] as const
  test.for(shapes)('%s is archived as dump_wal prints it', { timeout: 60_000 }, async ([, ...options], context) => {
    skipWithoutDbBench(context)
    const path = join(tempDir(), 'database')
    const repositoryPath = repository()
    await runDbBench(path, ['--num=1500', '--value_size=60', '--write_buffer_size=100000000', ...options])
    const archiver = archiverOf(path, repositoryPath)
    archiver.start()
    expect(archiver.step()).toMatchObject({ isCaughtUp: true, gaps: [], damages: [] })
    archiver.stop()
    const lines = async (folder: string, end: string) => {
      const all: string[] = []
      for (const name of readdirSync(folder)
        .filter((each) => each.endsWith(end))
        .sort()) {
        const text = await runLdb(['dump_wal', `--walfile=${join(folder, name)}`, '--print_value'])
        // size and place differ by the mark of arrival and the framing
        for (const line of text.split('\n')) all.push(line.replace(/^(\d+,\d+),\d+,\d+,/, '$1,').trim())
      }
      return all.filter((line) => line !== '')
    }
    const archived = await lines(join(repositoryPath, 'wal/1'), '.wal')
    expect(archived.length).toBeGreaterThan(30)
    expect(archived).toEqual(await lines(path, '.log'))
    expect(archivedSegments(repositoryPath).flatMap(({ payloads }) => payloads.map(withoutMark)).length).toBe(
      archived.length,
    )
  })
})
