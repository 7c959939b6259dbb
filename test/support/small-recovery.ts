import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { Archiver } from '../../src-main/backup/archiver/archiver.ts'
import { adoptRepository, prepareRepository } from '../../src-main/repository/own/open-repository.ts'
import { take, unsyncedLayer } from '../integration/backup-full/support.ts'
import { FakeDatabase } from '../unit/backup/archiver/fake-database.ts'
import { ManualClock } from '../unit/backup/archiver/manual-clock.ts'
import { aloneWriter } from '../unit/repository/own/fabricated-repository.ts'
import { tempDir } from './temp-dir.ts'

/** A repository of a database whose logs are written by hand: each commit is what the test says, byte for byte. */
export class SmallRepository {
  readonly path = join(tempDir(), 'repository')
  readonly database: FakeDatabase
  readonly clock = new ManualClock()
  readonly #archiver: Archiver

  constructor(segmentBytesMax = 2000) {
    this.database = new FakeDatabase(join(tempDir(), 'database'))
    prepareRepository(this.path, unsyncedLayer)
    adoptRepository(aloneWriter(this.path), randomUUID())
    this.#archiver = new Archiver({
      databaseDirectory: this.database.path,
      repositoryPath: this.path,
      timeline: '1',
      clock: this.clock,
      segmentBytesMax,
      layer: unsyncedLayer,
    })
    this.#archiver.start()
  }

  get lastSequence(): number {
    return this.database.nextSequence - 1
  }

  /** Commits of two puts, each with a time. */
  commits(count: number): void {
    for (let index = 0; index < count; index += 1) this.database.commit(2, 1_700_000_000_000_000 + this.lastSequence)
    this.archive()
  }

  archive(): void {
    for (let state = this.#archiver.step(); !state.isCaughtUp; state = this.#archiver.step());
  }

  /** Closes the open segment. */
  rotate(): void {
    this.archive()
    this.#archiver.rotate()
  }

  takeFull(backupId: number): void {
    take(this.database.path, this.path, backupId, { layer: unsyncedLayer })
  }
}

/** A full, commits in several segments, and one that is open. */
export function smallRepository(): SmallRepository {
  const repository = new SmallRepository()
  repository.commits(10)
  repository.takeFull(1)
  repository.commits(40)
  return repository
}
