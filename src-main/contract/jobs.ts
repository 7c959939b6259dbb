import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { BackupId, Count, callErrors, ErrorInfo, JobId, ServerId, SourceId, TimeUs, VerificationId } from './common.ts'
import { FamilyDifference } from './compare.ts'
import { FamilyCount } from './data.ts'
import { RecoveryReport } from './recovery.ts'
import { RestoreResult } from './restore.ts'
import { AccidentFinding } from './state.ts'

export const JobKind = z.enum([
  'index',
  'verify',
  'restore',
  'recovery',
  'count',
  'compare',
  'find-accidents',
  'server-backup',
  'server-verify',
  'demo',
])
export type JobKind = z.infer<typeof JobKind>

/**
 * queued → running ⇄ paused → stopping → one of the finals. interrupted: the process died while it ran;
 * a restore can be resumed from there.
 */
export const JobState = z.enum([
  'queued',
  'running',
  'paused',
  'stopping',
  'succeeded',
  'stopped',
  'failed',
  'interrupted',
])
export type JobState = z.infer<typeof JobState>

/** Absolute counters that only grow. Rate, percentage and time left are the screen's business. */
export const Progress = z.strictObject({
  phase: z.string(),
  doneBytes: Count,
  totalBytes: Count.nullable(),
  doneCount: Count,
  totalCount: Count.nullable(),
  currentFile: z.string().nullable(),
})
export type Progress = z.infer<typeof Progress>

export const JobResult = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('index'), backupCount: Count, readFileCount: Count }),
  z.strictObject({
    kind: z.literal('verify'),
    verificationId: VerificationId,
    outcome: z.enum(['passed', 'failed']),
    problemCount: Count,
  }),
  z.strictObject({ kind: z.literal('restore'), restore: RestoreResult }),
  z.strictObject({ kind: z.literal('recovery'), report: RecoveryReport }),
  z.strictObject({ kind: z.literal('count'), families: z.array(FamilyCount) }),
  z.strictObject({ kind: z.literal('compare'), families: z.array(FamilyDifference) }),
  z.strictObject({
    kind: z.literal('find-accidents'),
    commitCount: Count,
    /** the worst first */
    findings: z.array(AccidentFinding),
    /** findings that are not in the list */
    otherFindingCount: Count,
  }),
  z.strictObject({
    kind: z.literal('server-backup'),
    serverId: ServerId,
    /** null: not known */
    id: z.string().nullable(),
    /** failed: the server lists it as unusable. unknown: neither reply nor list tell; look before trying again */
    outcome: z.enum(['created', 'failed', 'unknown']),
    /** sentences */
    warnings: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('server-verify'),
    serverId: ServerId,
    id: z.string(),
    /** not-understood proves nothing */
    outcome: z.enum(['passed', 'failed', 'not-understood']),
    /** at most 100 */
    problems: z.array(z.string()),
    warnings: z.array(z.string()),
    /** the reply as it came, cleaned, cut at 8 KiB; null: none was waited for */
    rawReply: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal('demo'),
    serverId: ServerId,
    /** its repository */
    sourceId: SourceId,
    accidentAtUs: TimeUs,
    /** the last commit before the accident */
    lastGoodSequence: Count,
    fullId: BackupId,
    incrementIds: z.array(BackupId),
  }),
])
export type JobResult = z.infer<typeof JobResult>

export const Job = z.strictObject({
  jobId: JobId,
  kind: JobKind,
  /** what it does, for a person: "Restore backup 41 to /srv/graph" */
  title: z.string(),
  sourceId: SourceId.nullable(),
  /** the backup it concerns, when it is a single one */
  backupId: BackupId.nullable(),
  state: JobState,
  progress: Progress.nullable(),
  createdAtUs: TimeUs,
  startedAtUs: TimeUs.nullable(),
  finishedAtUs: TimeUs.nullable(),
  /** time spent running, pauses left out */
  activeUs: Count,
  error: ErrorInfo.nullable(),
  /** of a stopped job: what it left running */
  result: JobResult.nullable(),
  /** whether `resume` would go on with it after an interruption or a failure */
  isResumable: z.boolean(),
})
export type Job = z.infer<typeof Job>

/** First event: the newest jobs. Then a changed job at most four times a second, and at each change of state. */
export const JobEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('snapshot'), jobs: z.array(Job) }),
  z.strictObject({ type: z.literal('changed'), job: Job }),
])
export type JobEvent = z.infer<typeof JobEvent>

const call = oc.errors(callErrors)
const ref = z.strictObject({ jobId: JobId })

export const jobs = {
  /** Newest first. */
  list: call.input(z.strictObject({ limit: z.number().int().positive().max(1000) })).output(z.array(Job)),
  get: call.input(ref).output(Job),
  watch: call.output(eventIterator(JobEvent)),
  pause: call.input(ref).output(Job),
  /** Goes on with a paused job, or with an interrupted or failed restore as a new run of the same job. */
  resume: call.input(ref).output(Job),
  /** Records the request; the job ends as stopped when it has left nothing behind. */
  cancel: call.input(ref).output(Job),
}
