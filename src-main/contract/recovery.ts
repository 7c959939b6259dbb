import { oc } from '@orpc/contract'
import { z } from 'zod'
import { BackupId, Count, callErrors, ErrorInfo, JobId, Path, SourceId, TimeUs } from './common.ts'

/** A point to go back to, as somebody asks for it. Which commits that keeps is the plan's to say. */
export const RecoveryTarget = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('latest') }),
  /** inclusive: commits at this very microsecond are kept */
  z.strictObject({ kind: z.literal('time'), timeUs: TimeUs, isInclusive: z.boolean() }),
  /** the state after the last whole commit up to this sequence */
  z.strictObject({ kind: z.literal('sequence'), sequence: Count }),
  /** the state just before the commit that this sequence belongs to */
  z.strictObject({ kind: z.literal('before'), sequence: Count }),
  /** the state of a full or an incremental backup */
  z.strictObject({ kind: z.literal('backup'), backupId: BackupId }),
  /** a recovery point that somebody named */
  z.strictObject({ kind: z.literal('mark'), name: z.string().min(1).max(200) }),
])
export type RecoveryTarget = z.infer<typeof RecoveryTarget>

/** A commit of the archive. */
export const ArchivedCommit = z.strictObject({
  firstSequence: Count,
  /** the first minus one when it used up no number */
  lastSequence: Count,
  /** null where neither the server nor the archiver wrote one */
  committedAtUs: TimeUs.nullable(),
  /** not null: the time is that of its arrival in the archive, right within so much */
  uncertaintyUs: Count.nullable(),
  putCount: Count,
  deleteCount: Count,
  rangeDeleteCount: Count,
  sizeBytes: Count,
})
export type ArchivedCommit = z.infer<typeof ArchivedCommit>

/** A state that can be gone back to. */
export const ReachablePoint = z.strictObject({ sequence: Count, committedAtUs: TimeUs.nullable() })
export type ReachablePoint = z.infer<typeof ReachablePoint>

/** What a recovery does, decided from the repository as it was; it runs only while these facts hold. */
export const RecoveryPlan = z.strictObject({
  formatVersion: z.literal(1),
  repositoryId: z.string(),
  repositoryPath: Path,
  madeAtUs: TimeUs,
  target: RecoveryTarget,
  timeline: z.string(),
  /** what the target comes down to */
  effective: z.strictObject({
    /** the restored database's last sequence */
    sequence: Count,
    /** null: the state of the base, whose last commit's record is not in the archive */
    lastKept: ArchivedCommit.nullable(),
    /** null: nothing is known after it */
    firstDropped: ArchivedCommit.nullable(),
    /** why it is sure that no commit is missing up to the target: one sentence */
    proof: z.string(),
  }),
  base: z.strictObject({
    backupId: BackupId,
    lastSequence: Count,
    createdAtUs: TimeUs.nullable(),
    fileCount: Count,
    totalBytes: Count,
    /** changes when its metadata does */
    metaDigest: z.string(),
  }),
  /** newer fulls that could not be the base, and why: sentences */
  passedOver: z.array(z.strictObject({ backupId: BackupId, reason: z.string() })),
  /** of the archive, in the order of their sequences */
  segments: z.array(
    z.strictObject({
      path: z.string(),
      firstSequence: Count,
      lastSequence: Count,
      sizeBytes: Count,
      crc32c: Count.nullable(),
    }),
  ),
  /** the commits between the base and the point */
  tail: z.strictObject({ commitCount: Count, sizeBytes: Count }),
  /** the commits after the point, which the restored database will not have */
  loss: z.strictObject({
    commitCount: Count,
    putCount: Count,
    deleteCount: Count,
    firstCommittedAtUs: TimeUs.nullable(),
    lastCommittedAtUs: TimeUs.nullable(),
    lastSequence: Count.nullable(),
  }),
  neededBytes: Count,
  /** null: nothing was measured yet */
  expectedDurationUs: Count.nullable(),
  /** what that is based on: one sentence */
  expectation: z.string(),
  /** what to know before: sentences (clocks that went back, times of arrival, a forked timeline, …) */
  warnings: z.array(z.string()),
  /** of everything above that the repository decides: a plan whose facts changed is refused */
  factsDigest: z.string(),
})
export type RecoveryPlan = z.infer<typeof RecoveryPlan>

/** A point that cannot be gone back to, and the nearest ones that can. */
export const RecoveryRefusal = z.strictObject({
  error: ErrorInfo,
  nearestBefore: ReachablePoint.nullable(),
  nearestAfter: ReachablePoint.nullable(),
})
export type RecoveryRefusal = z.infer<typeof RecoveryRefusal>

export const PlannedRecovery = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('planned'), plan: RecoveryPlan }),
  z.strictObject({ kind: z.literal('refused'), refusal: RecoveryRefusal }),
])
export type PlannedRecovery = z.infer<typeof PlannedRecovery>

/** How deep the result is compared with the state that the repository shows for the same point. */
export const ProofLevel = z.enum(['counts', 'sampled', 'full'])
export type ProofLevel = z.infer<typeof ProofLevel>

export const RecoveryOptions = z.strictObject({
  proofLevel: ProofLevel,
  /** 0: as fast as the disks are */
  rateLimitBytesPerSecond: Count,
})
export type RecoveryOptions = z.infer<typeof RecoveryOptions>

/** The evidence of a finished recovery. */
export const RecoveryReport = z.strictObject({
  formatVersion: z.literal(1),
  plan: RecoveryPlan,
  targetPath: Path,
  startedAtUs: TimeUs,
  finishedAtUs: TimeUs,
  phases: z.array(z.strictObject({ name: z.string(), durationUs: Count, bytes: Count })),
  fileCount: Count,
  provedFileCount: Count,
  /** taken over from an interrupted run, after their bytes were proved again */
  resumedFileCount: Count,
  writtenBytes: Count,
  appliedCommitCount: Count,
  proof: z.strictObject({
    level: ProofLevel,
    isEqual: z.boolean(),
    lastSequence: Count,
    families: z.array(z.strictObject({ name: z.string(), expectedCount: Count, foundCount: Count })),
    /** empty where no codec knows labels */
    labels: z.array(z.strictObject({ label: z.string(), expectedCount: Count, foundCount: Count })),
    comparedKeyCount: Count,
    /** sentences; empty when equal */
    differences: z.array(z.string()),
  }),
})
export type RecoveryReport = z.infer<typeof RecoveryReport>

/** A report as it is kept: whoever has the public key can tell that nothing in it was changed. */
export const SignedReport = z.strictObject({
  report: RecoveryReport,
  algorithm: z.literal('ed25519'),
  /** of the machine that restored; SPKI, base64 */
  publicKey: z.string(),
  /** over the canonical JSON of `report`; base64 */
  signature: z.string(),
})
export type SignedReport = z.infer<typeof SignedReport>

/** All that a timeline can be drawn from, without its commits. */
export const RecoveryOverview = z.strictObject({
  timelines: z.array(
    z.strictObject({
      timeline: z.string(),
      isCurrent: z.boolean(),
      parent: z.string().nullable(),
      forkSequence: Count.nullable(),
      windows: z.array(
        z.strictObject({ fromSequence: Count, toSequence: Count, fromUs: TimeUs.nullable(), toUs: TimeUs.nullable() }),
      ),
      gaps: z.array(
        z.strictObject({
          afterSequence: Count,
          beforeSequence: Count,
          fromUs: TimeUs.nullable(),
          toUs: TimeUs.nullable(),
          reason: z.string().nullable(),
        }),
      ),
    }),
  ),
  backups: z.array(
    z.strictObject({
      backupId: BackupId,
      kind: z.enum(['full', 'increment']),
      timeline: z.string().nullable(),
      createdAtUs: TimeUs.nullable(),
      lastCommitAtUs: TimeUs.nullable(),
      firstSequence: Count.nullable(),
      lastSequence: Count.nullable(),
      totalBytes: Count,
      isRestorable: z.boolean(),
      label: z.string().nullable(),
    }),
  ),
  marks: z.array(z.strictObject({ name: z.string(), timeline: z.string(), sequence: Count, madeAtUs: TimeUs })),
})
export type RecoveryOverview = z.infer<typeof RecoveryOverview>

/** What was written in a stretch of time: one column of the timeline. */
export const ActivityBucket = z.strictObject({
  fromUs: TimeUs,
  toUs: TimeUs,
  commitCount: Count,
  putCount: Count,
  deleteCount: Count,
  sizeBytes: Count,
})
export type ActivityBucket = z.infer<typeof ActivityBucket>

/** What a typed time comes down to. A local time that a clock showed twice is for a person to decide. */
export const TypedPoint = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('resolved'), target: RecoveryTarget, sentence: z.string() }),
  z.strictObject({
    kind: z.literal('ambiguous'),
    sentence: z.string(),
    choices: z.array(z.strictObject({ target: RecoveryTarget, sentence: z.string() })),
  }),
  z.strictObject({ kind: z.literal('unclear'), sentence: z.string() }),
])
export type TypedPoint = z.infer<typeof TypedPoint>

const call = oc.errors(callErrors)
const timeline = z.string().nullable().describe('null: the current one')

export const recovery = {
  overview: call.input(z.strictObject({ sourceId: SourceId })).output(RecoveryOverview),
  activity: call
    .input(
      z.strictObject({
        sourceId: SourceId,
        timeline,
        fromUs: TimeUs,
        toUs: TimeUs,
        bucketCount: z.int().min(1).max(2000),
      }),
    )
    .output(z.array(ActivityBucket)),
  /** The commits on both sides of an instant, in the order of their sequences. */
  commitsAround: call
    .input(
      z.strictObject({
        sourceId: SourceId,
        timeline,
        at: z.union([z.strictObject({ sequence: Count }), z.strictObject({ timeUs: TimeUs })]),
        beforeCount: z.int().min(0).max(100),
        afterCount: z.int().min(0).max(100),
      }),
    )
    .output(z.array(ArchivedCommit)),
  /** `10:30:04`, `yesterday 14:00`, `seq 88122`, `before 88122`, `backup 3`, `latest`, a mark's name, ISO 8601 with zone. */
  typedPoint: call
    .input(z.strictObject({ sourceId: SourceId, text: z.string().max(200), zone: z.string().max(100) }))
    .output(TypedPoint),
  plan: call.input(z.strictObject({ sourceId: SourceId, timeline, target: RecoveryTarget })).output(PlannedRecovery),
  /** Whether the plan can be carried out there: room, rights, what is in the way. Nothing is written. */
  preflight: call.input(z.strictObject({ plan: RecoveryPlan, targetPath: Path })).output(
    z.strictObject({
      resolvedTargetPath: Path,
      freeBytes: Count.nullable(),
      /** empty: it can start */
      refusals: z.array(ErrorInfo),
      resumesJobId: JobId.nullable(),
    }),
  ),
  /** Starts the recovery as a job. @throws PLAN_OUTDATED when the repository is not as the plan says any more */
  start: call
    .input(z.strictObject({ sourceId: SourceId, plan: RecoveryPlan, targetPath: Path, options: RecoveryOptions }))
    .output(z.strictObject({ jobId: JobId })),
  /** The signed evidence of a finished recovery. */
  report: call.input(z.strictObject({ jobId: JobId })).output(SignedReport),
}
