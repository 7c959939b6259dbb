import { join } from 'node:path'
import { Archiver } from '../../src-main/backup/archiver/archiver.ts'
import type { RecoveryTarget } from '../../src-main/contract/recovery.ts'
import { BackupDirectory } from '../../src-main/repository/backup-directory.ts'
import { makeRecoveryPlan } from '../../src-main/restore/plan/make-plan.ts'
import { take, unsyncedLayer } from '../integration/backup-full/support.ts'
import { FakeDatabase } from '../unit/backup/archiver/fake-database.ts'
import { ManualClock } from '../unit/backup/archiver/manual-clock.ts'
import { newRepository } from '../unit/repository/own/fabricated-repository.ts'
import { tempDir } from './temp-dir.ts'

export const T = 1_600_000_000_000_000
export const clock = { nowUs: () => T + 1_000_000, monotonicUs: () => 0 }

/** A database whose every commit is archived; a full of it can be taken at any time. */
export class World {
  readonly root = tempDir()
  readonly clock = new ManualClock()
  readonly database = new FakeDatabase(join(tempDir(), 'database'))
  readonly archiver: Archiver
  timeUs = T

  constructor() {
    newRepository(this.root)
    this.archiver = new Archiver({
      databaseDirectory: this.database.path,
      repositoryPath: this.root,
      timeline: '1',
      clock: this.clock,
      layer: unsyncedLayer,
    })
    this.archiver.start()
  }

  /** Commits of two puts, ten microseconds apart. */
  commit(count: number): this {
    for (let index = 0; index < count; index += 1) {
      this.timeUs += 10
      // with a LogData marker, which uses up no number
      this.database.nextSequence |= 1
      this.database.commit(2, this.timeUs)
    }
    this.archiver.step()
    return this
  }

  close(): this {
    this.archiver.rotate()
    return this
  }

  full(id: number): this {
    this.database.state()
    take(this.database.path, this.root, id, {
      layer: unsyncedLayer,
      clock: { nowUs: () => this.timeUs + 5, monotonicUs: () => 0 },
    })
    return this
  }

  get directory(): BackupDirectory {
    return new BackupDirectory(this.root)
  }

  ask(target: RecoveryTarget, timeline: string | null = null) {
    return makeRecoveryPlan(this.root, { target, timeline }, { clock, measuredBytesPerSecond: null })
  }

  plan(...order: Parameters<World['ask']>) {
    const answer = this.ask(...order)
    if (answer.kind === 'refused') throw new Error(answer.refusal.error.message)
    return answer.plan
  }
}

/** A full at 4 (two commits), three commits in a closed segment, three in another one, two in the open one. */
export function world() {
  return new World().commit(2).full(1).commit(3).close().commit(3).close().commit(2)
}
