// Goal: the archive of a database that is put back, of a thread that dies and of a disk that is full for a while holds one
// history for each timeline, and whoever waits for it gets an answer. Method: real archiver threads over a database whose logs
// are written by hand.
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '#base/clock.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import { createLog } from '../../../src-main/agent/log.ts'
import { ArchiveLine, type ArchiveLineOptions } from '../../../src-main/core/archive-line.ts'
import { ArchiverHandle } from '../../../src-main/core/archiver-handle.ts'
import { BackupDirectory } from '../../../src-main/repository/backup-directory.ts'
import { adoptRepository, prepareRepository } from '../../../src-main/repository/own/open-repository.ts'
import { readTimelines } from '../../../src-main/repository/own/timelines.ts'
import { eventually } from '../../support/eventually.ts'
import { systemError, watchedLayer } from '../../support/faulty-layer.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { archivedPayloads } from '../../unit/backup/archiver/archive-content.ts'
import { FakeDatabase } from '../../unit/backup/archiver/fake-database.ts'
import { hex } from '../../unit/backup/archiver/set-up-archiver.ts'

const ENTRY = new URL('../../../src-main/workers/worker-main.ts', import.meta.url)
const ID = '11111111-1111-4111-8111-111111111111'
const lines: ArchiveLine[] = []

afterEach(async () => {
  for (const line of lines.splice(0)) await line.stop()
})

function databaseAt(path: string, nextSequence = 1): FakeDatabase {
  const database = new FakeDatabase(path, nextSequence)
  writeFileSync(join(path, 'IDENTITY'), ID)
  return database
}

function scene() {
  const root = join(tempDir(), 'repository')
  prepareRepository(root, nodeFileLayer)
  const writerOf = (layer: FileLayer) => ({ root, layer, clock: systemClock, assertHeld() {} })
  adoptRepository(writerOf(nodeFileLayer), ID)
  const path = join(tempDir(), 'database')
  const start = async (options: Partial<ArchiveLineOptions> & { layer?: FileLayer } = {}) => {
    const writer = writerOf(options.layer ?? nodeFileLayer)
    const common = { databaseDirectory: path, walDirectory: null, workerEntry: ENTRY, pollMs: 10 }
    const line = await ArchiveLine.start({ ...common, log: createLog('silent'), ...options, writer })
    lines.push(line)
    return line
  }
  const timelines = () =>
    readTimelines(new BackupDirectory(root))?.timelines.map(({ id, parent, forkSequence }) => [
      id,
      parent,
      forkSequence,
    ])
  return { root, path, database: databaseAt(path), start, timelines }
}

/** Commits whose bytes tell histories apart. */
function write(database: FakeDatabase, count: number, valueBytes: number): void {
  for (let index = 0; index < count; index += 1) database.commit(1, null, valueBytes)
}

/** What a copy that was made earlier holds. */
function putBack(path: string, count: number, valueBytes: number): FakeDatabase {
  rmSync(path, { recursive: true })
  const database = databaseAt(path)
  write(database, count, valueBytes)
  return database
}

describe('a database that was put back', () => {
  test('while nobody archived is followed on a new timeline from the start', async () => {
    const { root, path, database, start, timelines } = scene()
    write(database, 20, 10)
    const first = await start()
    await first.reached(20)
    await first.stop()
    const back = putBack(path, 6, 10)
    const line = await start()
    expect([line.timeline, timelines()]).toEqual([
      '2',
      [
        ['1', null, null],
        ['2', '1', 6],
      ],
    ])
    write(back, 1, 99)
    await line.reached(7)
    expect(archivedPayloads(root, '2')).toEqual(hex(back.payloads.slice(6)))
    expect(archivedPayloads(root, '1')).toEqual(hex(database.payloads))
  })

  test('under a running archiver satisfies no wait with what the old timeline holds', async () => {
    const { root, path, database, start } = scene()
    database.switchLog()
    database.switchLog()
    write(database, 20, 10)
    const line = await start({ pollMs: 100_000 })
    await line.reached(20)
    const back = putBack(path, 6, 10)
    write(back, 3, 99)
    await line.reached(9)
    expect([line.timeline, archivedPayloads(root, '2')]).toEqual(['2', hex(back.payloads.slice(6))])
  })

  test('goes on behind the fork also when the program starts again before anything was written', async () => {
    const { root, path, database, start } = scene()
    write(database, 20, 10)
    const first = await start()
    await first.stop()
    const back = putBack(path, 6, 10)
    const second = await start()
    expect(second.timeline).toBe('2')
    await second.stop()
    const third = await start()
    await third.reached(6)
    write(back, 2, 99)
    await third.reached(8)
    expect([third.timeline, archivedPayloads(root, '2')]).toEqual(['2', hex(back.payloads.slice(6))])
  })

  test('makes no increment of the timeline that it left', async () => {
    const { path, database, start } = scene()
    database.switchLog()
    database.switchLog()
    write(database, 20, 10)
    const line = await start({ pollMs: 100_000 })
    await line.reached(20)
    putBack(path, 6, 10)
    await expect(line.closeIncrement(20, '1')).rejects.toMatchObject({ code: 'CHAIN_BROKEN' })
    await line.step()
    await expect(line.closeIncrement(20, '1')).rejects.toMatchObject({ code: 'CHAIN_BROKEN' })
    expect(await line.closeIncrement(6, line.timeline)).toMatchObject({ firstSequence: 7, lastSequence: 6, gaps: [] })
  })

  test('is followed once the disk has room for a new timeline', async () => {
    const { path, database, start } = scene()
    database.switchLog()
    database.switchLog()
    write(database, 20, 10)
    let isFull = false
    const layer = watchedLayer((call) => {
      if (isFull && call === 'open') throw systemError('ENOSPC')
    })
    const line = await start({ layer, pollMs: 10 })
    await line.reached(20)
    isFull = true
    const back = putBack(path, 6, 10)
    await eventually(() => line.view().failure).toMatchObject({ code: 'DISK_FULL' })
    await expect(line.reached(7)).rejects.toMatchObject({ code: 'DISK_FULL' })
    await expect(line.closeIncrement(20)).rejects.toMatchObject({ code: 'DISK_FULL' })
    isFull = false
    write(back, 1, 99)
    await eventually(() => line.timeline).toBe('2')
    await line.reached(7)
    expect(line.view()).toMatchObject({ archivedSequence: 7, failure: null })
  })
})

describe('an archiver thread that dies', () => {
  const entryOf = (text: string) => {
    const path = join(tempDir(), 'entry.mjs')
    writeFileSync(path, text)
    return pathToFileURL(path)
  }

  test('answers everybody, and nobody waits for it any more', async () => {
    const told: string[] = []
    let die = () => {}
    const died = new Promise<void>((resolve) => {
      die = resolve
    })
    const handle = new ArchiverHandle({
      workerEntry: entryOf("throw new Error('out of memory')"),
      order: {
        databaseDirectory: '/nowhere',
        walDirectory: null,
        repositoryPath: '/nowhere',
        timeline: '1',
        startAfterSequence: null,
        databaseId: null,
        instanceId: null,
        pollMs: 10,
      },
      onState() {},
      onStuck: (failure) => told.push(failure.message),
      onDied: () => die(),
    })
    await expect(handle.step()).rejects.toMatchObject({ code: 'INTERNAL', cause: { message: 'out of memory' } })
    await died
    await expect(handle.reached(1)).rejects.toThrow('the archiver has ended')
    await expect(handle.closeIncrement(0)).rejects.toThrow('the archiver has ended')
    await handle.stop()
    expect([told, handle.view().failure?.message]).toEqual([['the archiver has ended'], 'the archiver has ended'])
  })

  test('is started again', async () => {
    const { database, start } = scene()
    write(database, 3, 10)
    const fuse = join(tempDir(), 'fuse')
    const workerEntry = entryOf(`
      import { existsSync, rmSync } from 'node:fs'
      const look = () => {
        if (!existsSync(${JSON.stringify(fuse)})) return
        rmSync(${JSON.stringify(fuse)})
        throw new Error('out of memory')
      }
      setInterval(look, 5).unref()
      await import(${JSON.stringify(ENTRY.href)})
    `)
    const line = await start({ workerEntry })
    await line.reached(3)
    writeFileSync(fuse, '')
    await eventually(() => existsSync(fuse)).toBe(false)
    write(database, 2, 10)
    await eventually(() => line.view().failure).toBe(null)
    await eventually(() => line.reached(5).then(() => 'reached', String)).toBe('reached')
    expect(line.timeline).toBe('1')
  })
})
