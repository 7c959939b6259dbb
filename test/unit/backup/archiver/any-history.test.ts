// Goal: whatever order things come in, the archive holds every record once, in order. Method: random histories of a database
// and of the archivers that come and go beside it (steps of any size, ends, kills, kills with a torn segment), against the list
// of what was written.
import { appendFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Archiver } from '../../../../src-main/backup/archiver/archiver.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { batch, batchRecord, physicalRecord, put } from '../../rocksdb/log-writer.ts'
import { archivedSegments, withoutMark } from './archive-content.ts'
import { FakeDatabase, type Framing } from './fake-database.ts'
import { ManualClock } from './manual-clock.ts'

const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      count: fc.integer({ min: 1, max: 4 }),
      hasMarker: fc.boolean(),
      valueBytes: fc.oneof(fc.nat(100), fc.nat(40_000)),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('note' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('prepare' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('decide' as const), doesCommit: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('tear' as const), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('switch' as const),
      framing: fc.constantFrom<Framing>('legacy', 'recyclable', 'zstd'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop' as const), doesRemove: fc.boolean() }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('step' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rotate' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('stop' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('kill' as const), tornBytes: fc.nat(60) }) },
)
type Event = typeof event extends fc.Arbitrary<infer Value> ? Value : never

class Scene {
  readonly root = tempDir()
  readonly repositoryPath = join(this.root, 'repository')
  readonly database = new FakeDatabase(join(this.root, 'database'))
  readonly clock = new ManualClock()
  archiver: Archiver | null = null
  prepared = 0
  decided = 0

  constructor() {
    mkdirSync(this.repositoryPath)
  }

  happen(each: Event): void {
    this.clock.pass(1000)
    const { database } = this
    switch (each.kind) {
      case 'commit':
        database.commit(each.count, each.hasMarker ? this.clock.wallUs : null, each.valueBytes)
        return
      case 'note':
        database.record(batch(database.nextSequence, 0, batchRecord(3, `note ${this.clock.wallUs}`)), 0)
        return
      case 'prepare':
        this.#prepare()
        return
      case 'decide':
        this.#decide(each.doesCommit)
        return
      case 'tear':
        database.tear(batch(database.nextSequence, 1, put('torn', 't'.repeat(3000))), each.share)
        database.record(batch(database.nextSequence, 1, put('torn', 't'.repeat(3000))), 1)
        return
      case 'switch':
        database.switchLog(each.framing)
        return
      case 'drop':
        this.#drop(each.doesRemove)
        return
      case 'step':
        expect(this.#running().step()).toMatchObject({ forked: null, gaps: [], damages: [] })
        return
      case 'rotate':
        this.#running().rotate()
        return
      case 'stop':
        this.archiver?.stop()
        this.archiver = null
        return
      case 'kill':
        this.#kill(each.tornBytes)
    }
  }

  finish(): void {
    let state = this.#running().step()
    while (!state.isCaughtUp) state = this.#running().step()
    expect(state).toMatchObject({ forked: null, gaps: [], damages: [], lagBytes: 0 })
    this.#running().stop()
  }

  #running(): Archiver {
    if (this.archiver !== null) return this.archiver
    this.archiver = new Archiver({
      databaseDirectory: this.database.path,
      repositoryPath: this.repositoryPath,
      timeline: '1',
      clock: this.clock,
      segmentBytesMax: 20_000,
      stepBytesMax: 60_000,
    })
    expect(this.archiver.start()).toMatchObject({ forked: null, gaps: [], damages: [] })
    return this.archiver
  }

  #prepare(): void {
    this.prepared += 1
    const operations = [put(`p${this.prepared}`, '1'), put(`q${this.prepared}`, '2')]
    const id = batchRecord(0x0a, `x${this.prepared}`)
    this.database.record(batch(this.database.nextSequence, 2, batchRecord(9), ...operations, id), 0)
  }

  #decide(doesCommit: boolean): void {
    if (this.decided === this.prepared) return
    this.decided += 1
    const decision = batchRecord(doesCommit ? 0x0b : 0x0c, `x${this.decided}`)
    this.database.record(batch(this.database.nextSequence, 0, decision), doesCommit ? 2 : 0)
  }

  /** A log may only be removed when an archiver has it, or it would be lost. */
  #drop(doesRemove: boolean): void {
    // the first step opens every log that is there, and need not read them all
    if (doesRemove) this.#running().step()
    this.database.dropOldLogs(doesRemove ? 'remove' : 'archive')
  }

  /** Nothing is closed; of a record that was never safe some bytes may lie at the end of the open segment. */
  #kill(tornBytes: number): void {
    // one that does not run writes nothing
    if (this.archiver === null) return
    this.archiver = null
    const folder = join(this.repositoryPath, 'wal/1')
    const names = existsSync(folder) ? readdirSync(folder) : []
    const open = names.find((name) => name.endsWith('.wal') && !names.includes(name.replace('.wal', '.idx')))
    if (open === undefined) return
    const next = physicalRecord(1, batch(this.database.nextSequence, 1, put('torn', 't'.repeat(60))))
    appendFileSync(join(folder, open), next.subarray(0, tornBytes))
  }
}

test('every record of a random history is archived once and in order', { timeout: 120_000 }, () => {
  const property = fc.property(fc.array(event, { minLength: 5, maxLength: 60 }), (events) => {
    const scene = new Scene()
    for (const each of events) scene.happen(each)
    scene.finish()
    const archived = archivedSegments(scene.repositoryPath).flatMap(({ payloads }) => payloads.map(withoutMark))
    expect(archived).toEqual(scene.database.payloads.map((payload) => payload.toString('hex')))
  })
  fc.assert(property, { numRuns: 100 })
})
