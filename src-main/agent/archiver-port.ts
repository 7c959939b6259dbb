import type { ArchiverState } from '../backup/archiver/archiver.ts'
import type { ClosedIncrement } from '../backup/archiver/increment.ts'

/** What the archiver knows of itself at this moment. */
export type ArchiverView = {
  readonly archivedSequence: number | null
  readonly lastCommitAtUs: number | null
  /** everything that the database had written this long ago is archived; null: it has not caught up yet */
  readonly caughtUpAgeUs: number | null
  /** why it stands still; null while it works */
  readonly failure: Error | null
}

/** The continuous archiver, which runs in a thread of its own. */
export interface ArchiverPort {
  view(): ArchiverView
  /** Archives what there is now. @throws AppError as Archiver.step */
  step(): Promise<ArchiverState>
  /** Resolves when every commit up to a sequence survives a power cut of the archive. @throws AppError */
  reached(sequence: number): Promise<void>
  /** Archives what there is now, then closes the segment. @throws AppError */
  closeIncrement(afterSequence: number, timeline?: string): Promise<ClosedIncrement>
  /** Closes the open segment and ends. */
  stop(): Promise<void>
}
