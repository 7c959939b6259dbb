import { z } from 'zod'
import { BackupId, Count, Path, SourceId, TimeUs } from './common.ts'

const upToSequence = Count.nullable().describe('the state after the last commit up to this sequence; null: after all')

/** A state of a database that can be looked into: a backup or a database directory, at an instant. */
export const StateRef = z.union([
  z.strictObject({ sourceId: SourceId, backupId: BackupId, upToSequence }),
  z.strictObject({
    /** a checkpoint, or the directory of a database that was stopped, has crashed or runs: it is only read */
    databasePath: Path,
    upToSequence,
  }),
])
export type StateRef = z.infer<typeof StateRef>

/** A batch of changes that became visible at once. */
export const Commit = z.strictObject({
  firstSequence: Count,
  /** the instant after it */
  lastSequence: Count,
  /** null where the server writes no times (docs/formats/commit-time.md) */
  committedAtUs: TimeUs.nullable(),
  putCount: Count,
  deleteCount: Count,
  rangeDeleteCount: Count,
  mergeCount: Count,
  sizeBytes: Count,
})
export type Commit = z.infer<typeof Commit>

/** What looks like an accident, and the last instant before it. */
export const AccidentFinding = z.strictObject({
  kind: z.enum(['mass-delete', 'range-delete', 'label-wide-change', 'unusual-rate']),
  /** one sentence */
  sentence: z.string(),
  /** larger is worse */
  severity: z.number(),
  firstSequence: Count,
  lastSequence: Count,
  committedAtUs: TimeUs.nullable(),
  lastCommittedAtUs: TimeUs.nullable(),
  /** the last commit before it: the state to look at or to go back to; null when nothing came before */
  sequenceBefore: Count.nullable(),
  putCount: Count,
  deleteCount: Count,
  rangeDeleteCount: Count,
  sizeBytes: Count,
})
export type AccidentFinding = z.infer<typeof AccidentFinding>
