import type { ArchivedCommit, ErrorInfo, ReachablePoint, RecoveryPlan, RecoveryRefusal, SignedReport } from '#contract'
import { bytes, preciseTime, visible } from './render.ts'

/** What a recovery will do, in words. */
export function planText(plan: RecoveryPlan): string {
  const { effective, base, tail } = plan
  const { lastKept, firstDropped } = effective
  return [
    `To sequence ${effective.sequence} of timeline ${plan.timeline}.`,
    lastKept === null ? 'The state is that of the backup.' : `The last commit kept: ${commitText(lastKept)}.`,
    firstDropped === null ? 'Nothing is known after it.' : `The first commit dropped: ${commitText(firstDropped)}.`,
    visible(effective.proof),
    `From full backup ${base.backupId} (${counted(base.fileCount, 'file')}, ${bytes(base.totalBytes)}) and ${counted(tail.commitCount, 'commit')} of the archive (${bytes(tail.sizeBytes)}).`,
    lossText(plan),
    `It needs ${bytes(plan.neededBytes)}. ${durationText(plan)}`,
    ...plan.passedOver.map(({ backupId, reason }) => `Backup ${backupId} is not used: ${visible(reason)}`),
    ...plan.warnings.map((warning) => `Note: ${visible(warning)}`),
  ].join('\n')
}

export function refusalText({ message, subject, nextStep }: ErrorInfo): string {
  return visible(
    `refused: ${[subject === null ? message : `${message}: ${subject}`, nextStep].filter(Boolean).join('. ')}`,
  )
}

/** The nearest points that can be gone back to, as they can be typed. */
export function nearestText({ nearestBefore, nearestAfter }: RecoveryRefusal): string | null {
  const points = [
    nearestBefore === null ? [] : [`before it --to-sequence ${pointText(nearestBefore)}`],
    nearestAfter === null ? [] : [`after it --to-sequence ${pointText(nearestAfter)}`],
  ].flat()
  return points.length === 0 ? null : `The nearest points: ${points.join(', ')}.`
}

/** What a recovery did, and how it was proved. */
export function reportText({ report, publicKey }: SignedReport): string {
  const { proof, plan } = report
  const families = proof.families.map(({ name, foundCount }) => `${visible(name)} ${foundCount}`).join(', ')
  const labels = proof.labels.map(({ label, foundCount }) => `:${visible(label)} ${foundCount}`).join(', ')
  return [
    `restored timeline ${plan.timeline} to sequence ${proof.lastSequence} into ${visible(report.targetPath)}`,
    `${counted(report.fileCount, 'file')}, ${bytes(report.writtenBytes)}, ${report.provedFileCount} proved by their checksums; ${counted(report.appliedCommitCount, 'commit')} applied; ${seconds(report.finishedAtUs - report.startedAtUs)}`,
    ...report.phases.map(
      ({ name, durationUs, bytes: done }) =>
        `  ${visible(name)}: ${seconds(durationUs)}${done === 0 ? '' : `, ${bytes(done)}`}`,
    ),
    proof.isEqual
      ? `proved (${proof.level}): it equals the state that the repository shows for this point; ${counted(proof.comparedKeyCount, 'key')} compared`
      : `NOT PROVED (${proof.level}): it differs from the state that the repository shows for this point`,
    ...proof.differences.map((difference) => `  ${visible(difference)}`),
    `rows: ${families}${labels === '' ? '' : `; ${labels}`}`,
    `signed by the key ${publicKey}`,
  ].join('\n')
}

function commitText({ firstSequence, lastSequence, committedAtUs, uncertaintyUs }: ArchivedCommit): string {
  const sequences =
    firstSequence >= lastSequence ? `sequence ${lastSequence}` : `sequences ${firstSequence}-${lastSequence}`
  if (committedAtUs === null) return `${sequences}, of unknown time`
  const within = uncertaintyUs === null ? '' : ` (arrived in the archive then, right within ${seconds(uncertaintyUs)})`
  return `${sequences}, ${preciseTime(committedAtUs)}${within}`
}

function pointText({ sequence, committedAtUs }: ReachablePoint): string {
  return committedAtUs === null ? `${sequence}` : `${sequence} (${preciseTime(committedAtUs)})`
}

function lossText({ loss }: RecoveryPlan): string {
  if (loss.commitCount === 0) return 'Nothing is given up: no commit is known after it.'
  const { firstCommittedAtUs: from, lastCommittedAtUs: to } = loss
  const when =
    from === null || to === null
      ? ''
      : from === to
        ? `, at ${preciseTime(from)}`
        : `, from ${preciseTime(from)} to ${preciseTime(to)}`
  return `Given up: ${counted(loss.commitCount, 'commit')} after it (${counted(loss.putCount, 'put')}, ${counted(loss.deleteCount, 'delete')}${when}).`
}

function durationText({ expectedDurationUs, expectation }: RecoveryPlan): string {
  return expectedDurationUs === null
    ? visible(expectation)
    : `It takes about ${seconds(expectedDurationUs)}: ${visible(expectation)}`
}

function seconds(durationUs: number): string {
  const digits = durationUs < 1e6 ? 3 : 1
  return `${(durationUs / 1e6).toFixed(digits)} s`
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
