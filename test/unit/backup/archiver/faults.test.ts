// Goal: whatever call to the disk fails, and whenever the process or the power goes, nothing that the archiver called safe is
// lost, and the next run completes the archive. Method: one history that needs every kind of call; each call fails in turn, in
// each way; then what is on the disk is compared with what was promised, and a sound archiver goes on.
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { AppError } from '#base/app-error.ts'
import { nodeFileLayer } from '#base/file-layer.ts'
import { Archiver } from '../../../../src-main/backup/archiver/archiver.ts'
import { systemError } from '../../../support/faulty-layer.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { batch, batchRecord } from '../../rocksdb/log-writer.ts'
import { archivedSegments, withoutMark } from './archive-content.ts'
import { FakeDatabase } from './fake-database.ts'
import { ManualClock } from './manual-clock.ts'
import { Died, PowerCutLayer } from './power-cut-layer.ts'

type Failure = 'EIO' | 'ENOSPC' | 'died'

/** What a history needs, made anew for each failure. */
function begin() {
  const root = tempDir()
  const repositoryPath = join(root, 'repository')
  mkdirSync(repositoryPath)
  return { database: new FakeDatabase(join(root, 'database')), repositoryPath }
}

type Scene = ReturnType<typeof begin>

/** Runs the history; tells after each call what the archiver says is safe. */
function history({ database, repositoryPath }: Scene, layer: PowerCutLayer, promise: (sequence: number) => void): void {
  const archiver = new Archiver({
    databaseDirectory: database.path,
    repositoryPath,
    timeline: '1',
    clock: new ManualClock(),
    layer,
    segmentBytesMax: 400,
  })
  const stubborn = (call: () => { archivedSequence: number | null } | undefined) => {
    for (let attempt = 0; attempt < 4; attempt += 1) {
      try {
        const state = call()
        if (state?.archivedSequence != null) promise(state.archivedSequence)
        return
      } catch (error) {
        if (error instanceof Died || (error instanceof AppError && error.cause instanceof Died)) throw error
        expect(error).toBeInstanceOf(AppError)
      }
    }
    throw new Error('one failure, and it never worked again')
  }
  const step = () => stubborn(() => archiver.step())
  database.commit(2)
  stubborn(() => archiver.start())
  step()
  for (let index = 0; index < 12; index += 1) database.commit(1, index % 3 === 0 ? 1_600_000_000_000_000 : null)
  step()
  // numbers that no log holds: a gap
  database.nextSequence += 5
  database.commit(2)
  step()
  database.switchLog()
  database.commit(3)
  database.record(batch(database.nextSequence, 0, batchRecord(3, 'note')), 0)
  step()
  database.dropOldLogs('archive')
  stubborn(() => {
    archiver.rotate()
    return undefined
  })
  database.commit(1, null, 40_000)
  step()
  stubborn(() => {
    archiver.stop()
    return undefined
  })
}

/** Everything is there, in order, once; the gap is recorded. */
function expectWhole({ database, repositoryPath }: Scene): void {
  const sound = new Archiver({
    databaseDirectory: database.path,
    repositoryPath,
    timeline: '1',
    clock: new ManualClock(),
    layer: nodeFileLayer,
  })
  expect(sound.start()).toMatchObject({ forked: null, damages: [] })
  expect(sound.step()).toMatchObject({ archivedSequence: database.nextSequence - 1, isCaughtUp: true, forked: null })
  expect(sound.step().gaps.map((gap) => [gap.afterSequence, gap.beforeSequence])).toEqual(
    database.nextSequence > 20 ? [[17, 23]] : [],
  )
  sound.stop()
  expect(payloadsIn(repositoryPath)).toEqual(database.payloads.map((payload) => payload.toString('hex')))
}

function payloadsIn(repositoryPath: string): string[] {
  if (!existsSync(join(repositoryPath, 'wal/1'))) return []
  return archivedSegments(repositoryPath).flatMap(({ payloads }) => payloads.map(withoutMark))
}

/** The calls of a history in which nothing fails. */
function callsOfHistory(): string[] {
  const scene = begin()
  const layer = new PowerCutLayer()
  history(scene, layer, () => {})
  expectWhole(scene)
  return layer.calls
}

describe('the archiver', () => {
  test('comes through a failure of each call by itself, and promises nothing that is not safe', {
    timeout: 60_000,
  }, () => {
    const calls = callsOfHistory()
    for (const failure of ['EIO', 'ENOSPC'] as const satisfies Failure[]) {
      for (const [index, call] of calls.entries()) {
        const scene = begin()
        const layer = new PowerCutLayer((_call, count) => {
          if (count === index + 1) throw systemError(failure)
        })
        history(scene, layer, (sequence) => expectSafe(scene, sequence, `${failure} of ${call}`))
        expectWhole(scene)
      }
    }
  })

  test('killed at any call loses nothing that it promised, nor what comes after', { timeout: 60_000 }, () => {
    const calls = callsOfHistory()
    for (const [index, call] of calls.entries()) {
      const scene = begin()
      const layer = dying(index + 1)
      const promised = untilDeath(scene, layer)
      expectSafe(scene, promised, `killed at ${call}`)
      expectWhole(scene)
    }
  })

  test.for([
    [0, false],
    [0.5, true],
    [0.9, true],
  ] as const)(
    'without power at any call keeps its promises: %s of the bytes, names %s',
    { timeout: 60_000 },
    ([share, doNamesStay]) => {
      const calls = callsOfHistory()
      for (const [index, call] of calls.entries()) {
        const scene = begin()
        const layer = dying(index + 1)
        const promised = untilDeath(scene, layer)
        layer.cut(share, doNamesStay)
        expectSafe(scene, promised, `no power at ${call}`)
        expectWhole(scene)
      }
    },
  )

  test('that follows a killed one promises only what it made safe itself', { timeout: 60_000 }, () => {
    const calls = callsOfHistory()
    for (const [index, call] of calls.entries()) {
      const scene = begin()
      let isDead = true
      const layer = new PowerCutLayer((_call, count) => {
        if (isDead && count > index) throw new Died()
      })
      untilDeath(scene, layer)
      isDead = false
      const { database, repositoryPath } = scene
      const clock = new ManualClock()
      const next = new Archiver({ databaseDirectory: database.path, repositoryPath, timeline: '1', clock, layer })
      const { archivedSequence } = next.start()
      layer.cut(0, false)
      expectSafe(scene, archivedSequence ?? 0, `killed at ${call}, then no power`)
      expectWhole(scene)
    }
  })

  test('goes on by itself when a disk that was full for long has room again', () => {
    const scene = begin()
    let isFull = false
    const layer = new PowerCutLayer((call) => {
      if (isFull && (call === 'write' || call === 'open wx')) throw systemError('ENOSPC')
    })
    const { database, repositoryPath } = scene
    const clock = new ManualClock()
    const archiver = new Archiver({ databaseDirectory: database.path, repositoryPath, timeline: '1', clock, layer })
    database.commit(1)
    archiver.start()
    expect(archiver.step().archivedSequence).toBe(1)
    isFull = true
    for (let round = 0; round < 5; round += 1) {
      database.commit(2)
      database.switchLog()
      database.commit(1)
      expect(() => archiver.step()).toThrow(expect.objectContaining({ code: 'DISK_FULL' }))
      expect([archiver.hasArchived(1), archiver.hasArchived(2)]).toEqual([true, false])
    }
    isFull = false
    expect(archiver.step()).toMatchObject({ archivedSequence: 16, gaps: [], forked: null })
    archiver.stop()
    expectWhole(scene)
  })

  test('does not believe what it reads back after a sync that failed', () => {
    const scene = begin()
    let fails = false
    const layer = new PowerCutLayer((call) => {
      if (fails && call === 'sync') {
        fails = false
        throw systemError('EIO')
      }
    })
    const { database, repositoryPath } = scene
    const clock = new ManualClock()
    const archiver = new Archiver({ databaseDirectory: database.path, repositoryPath, timeline: '1', clock, layer })
    database.commit(1)
    archiver.start()
    archiver.step()
    database.commit(1)
    fails = true
    expect(() => archiver.step()).toThrow(expect.objectContaining({ code: 'IO_FAILED' }))
    archiver.step()
    // what could not be synced was cut off, and written once more
    expect(layer.calls.filter((call) => call.startsWith('truncate'))).toEqual(['truncate 00000000000000000001.wal'])
    expect(layer.calls.filter((call) => call.startsWith('write') && call.endsWith('.wal'))).toEqual([
      'write 00000000000000000001.wal',
      'write 00000000000000000001.wal',
      'write 00000000000000000002.wal',
    ])
    archiver.stop()
    expectWhole(scene)
  })
})

function dying(at: number): PowerCutLayer {
  return new PowerCutLayer((_call, count) => {
    if (count >= at) throw new Died()
  })
}

/** The last promise before the end. */
function untilDeath(scene: Scene, layer: PowerCutLayer): number {
  let promised = 0
  try {
    history(scene, layer, (sequence) => {
      promised = sequence
    })
  } catch (error) {
    if (!(error instanceof Died || (error instanceof AppError && error.cause instanceof Died))) throw error
  }
  return promised
}

/** Every record up to the sequence lies in the segments. */
function expectSafe({ database, repositoryPath }: Scene, sequence: number, when: string): void {
  const starts = (payload: Buffer) => Number(payload.readBigUInt64LE())
  const expected = database.payloads
    .filter((payload) => starts(payload) <= sequence)
    .map((each) => each.toString('hex'))
  expect(payloadsIn(repositoryPath).slice(0, expected.length), when).toEqual(expected)
}
