import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import type { RecoveryPlan, RecoveryReport } from '#contract'
import { type CopyPorts, copyInThreads } from '../copy-in-threads.ts'
import { discardAfter, leavesNothing } from '../leave-nothing.ts'
import type { PreparedRestore } from '../prepare.ts'
import { PROOF_PROGRESS_FIELDS, type ProofTask, type RecoveryProof } from '../proof/proof-task.ts'
import { nothingYet } from '../restore-progress.ts'
import { TAIL_PROGRESS_FIELDS, type TailOutput, type TailTask } from '../tail/tail-task.ts'
import { PhaseTimes } from './phase-times.ts'
import type { PreparedRecovery, RecoveryOrder } from './prepare-recovery.ts'

/** What a recovery needs from whoever runs it: threads, and somebody who watches. */
export type RecoveryPorts = CopyPorts & {
  /** @throws AppError PLAN_OUTDATED when the repository is not as the plan says any more */
  checkPlan(plan: RecoveryPlan): Promise<unknown>
  prepare(order: RecoveryOrder & { isResumed: boolean }): Promise<PreparedRecovery>
  writeTail(task: TailTask): Promise<TailOutput>
  prove(task: ProofTask): Promise<RecoveryProof>
  publish(prepared: PreparedRestore): Promise<{ writtenBytes: number }>
  discard(order: { targetPath: string; restoreId: string }): Promise<unknown>
  /** whether an earlier run of this recovery was interrupted */
  isResumed: boolean
  /** whether what was copied is to be removed: a person cancelled, as opposed to the program ending */
  wasCancelled(): boolean
  clock: Clock
}

/**
 * Brings a database back to a point: the files of a full backup by several threads, one new log with the commits behind it,
 * CURRENT, then the proof, and one rename. Until the rename the target does not exist; after it, it is whole and proved.
 * Cancelled, or stopped by damage, it leaves nothing behind; killed, or stopped by the disk, it can be resumed.
 * @throws AppError CHECKSUM_MISMATCH when a file of the base is damaged, DAMAGED when what was recovered is not what the
 * repository shows, PLAN_OUTDATED and others; DamageError; StoppedError
 */
export async function runRecovery(order: RecoveryOrder, ports: RecoveryPorts): Promise<RecoveryReport> {
  try {
    return await attemptRecovery(order, ports)
  } catch (thrown) {
    if (leavesNothing(thrown, ports)) await discardAfter(thrown, () => ports.discard(order))
    throw thrown
  }
}

/** The same, but what was copied stays when it fails: for whoever goes on with another base. */
export async function attemptRecovery(order: RecoveryOrder, ports: RecoveryPorts): Promise<RecoveryReport> {
  const { plan, options } = order
  const { clock } = ports
  const startedAtUs = clock.nowUs()
  const phases = new PhaseTimes(clock)
  ports.trackProgress(() => ({ ...nothingYet, phase: 'Checking' }))
  const prepared = await phases.time('Checking', async () => {
    await ports.checkPlan(plan)
    return ports.prepare({ ...order, isResumed: ports.isResumed })
  })
  const rest = prepared.copies.filter(({ databaseName }) => databaseName !== 'CURRENT')
  const current = prepared.copies.filter(({ databaseName }) => databaseName === 'CURRENT')
  const rate = options.rateLimitBytesPerSecond
  const copied = await phases.time('Copying', () => copyInThreads(prepared, rest, ports.threadCount, ports, rate))
  phases.addBytes(prepared.totalBytes)
  const tail = await phases.time('Writing commits', () => writeTailOf(prepared, rate, ports))
  phases.addBytes(tail.sizeBytes)
  const last = await copyInThreads(prepared, current, 1, ports)
  const proof = await phases.time('Proving', () => prove(prepared, order, ports))
  const { writtenBytes } = await phases.time('Publishing', () => ports.publish(prepared))
  return {
    formatVersion: 1,
    plan,
    targetPath: prepared.targetPath,
    startedAtUs,
    finishedAtUs: clock.nowUs(),
    phases: phases.all,
    fileCount: prepared.copies.length + prepared.madeNames.length,
    provedFileCount: copied.provedFileCount + last.provedFileCount + prepared.madeNames.length,
    resumedFileCount: copied.resumedFileCount + last.resumedFileCount,
    writtenBytes: writtenBytes + tail.sizeBytes,
    appliedCommitCount: tail.commitCount,
    proof,
  }
}

async function writeTailOf(prepared: PreparedRecovery, rateLimit: number, ports: RecoveryPorts): Promise<TailOutput> {
  const { plan, tail, root, filesPath, isPublished } = prepared
  if (tail === null) return { sizeBytes: 0, commitCount: 0, crc32c: 0 }
  const progress = new SharedArrayBuffer(TAIL_PROGRESS_FIELDS * 8)
  const fields = new Float64Array(progress)
  ports.trackProgress(() => ({
    phase: 'Writing commits',
    doneBytes: fields[0] ?? 0,
    totalBytes: plan.tail.sizeBytes,
    doneCount: fields[1] ?? 0,
    totalCount: plan.tail.commitCount,
    currentFile: tail.fileName,
  }))
  return ports.writeTail({
    root,
    filesPath,
    ...tail,
    baseLastSequence: plan.base.lastSequence,
    lastSequence: plan.effective.sequence,
    segments: plan.segments.map(({ path, firstSequence, lastSequence }) => ({ path, firstSequence, lastSequence })),
    isPublished,
    rateLimitBytesPerSecond: rateLimit,
    control: ports.control.shared,
    progress,
  })
}

async function prove(prepared: PreparedRecovery, order: RecoveryOrder, ports: RecoveryPorts): Promise<RecoveryProof> {
  const progress = new SharedArrayBuffer(PROOF_PROGRESS_FIELDS * 8)
  const fields = new Float64Array(progress)
  ports.trackProgress(() => ({ ...nothingYet, phase: 'Proving', doneCount: fields[0] ?? 0 }))
  const proof = await ports.prove({
    plan: order.plan,
    filesPath: prepared.filesPath,
    level: order.options.proofLevel,
    nowMs: Math.floor(ports.clock.nowUs() / 1000),
    control: ports.control.shared,
    progress,
  })
  if (!proof.isEqual) throw notProved(prepared, proof)
  return proof
}

function notProved({ filesPath, isPublished }: PreparedRecovery, { differences }: RecoveryProof): AppError {
  const [first = ''] = differences
  const others = differences.length > 1 ? ` (and ${differences.length - 1} more differences)` : ''
  return new AppError('DAMAGED', {
    message: `what was recovered is not what the repository shows: ${first}${others}`,
    subject: filesPath,
    unharmed: isPublished
      ? 'The repository was only read. The directory must not be used.'
      : 'The repository was only read. The directory must not be used: the target was not made from it.',
    nextStep: 'Verify the repository deeply, then plan the recovery anew.',
  })
}
