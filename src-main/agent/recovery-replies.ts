import type { RecoveryPlan, RecoveryReport } from '#contract'
import type { Mark } from '../repository/own/format/marks.ts'
import { array, bulk, integer, map, nullReply, type Reply } from '../resp/reply.ts'
import type { RestoreOutcome } from './backup-service.ts'

/** @param readAs how a time was understood; null: it was a number */
export function restoreReply(outcome: RestoreOutcome, readAs: string | null): Reply {
  const { plan, report } = outcome
  return map({
    plan: planReply(plan, readAs),
    result: report === null ? nullReply : resultReply(report, outcome),
  })
}

export function markReply({ name, timeline, sequence, madeAtUs }: Mark): Reply {
  return map({ name: bulk(name), timeline: bulk(timeline), seq: integer(sequence), made_us: integer(madeAtUs) })
}

function planReply(plan: RecoveryPlan, readAs: string | null): Reply {
  const { effective, base, tail, loss } = plan
  return map({
    read_as: readAs === null ? nullReply : bulk(readAs),
    timeline: bulk(plan.timeline),
    seq: integer(effective.sequence),
    last_kept_us: orNull(effective.lastKept?.committedAtUs ?? null),
    first_dropped_seq: orNull(effective.firstDropped?.firstSequence ?? null),
    first_dropped_us: orNull(effective.firstDropped?.committedAtUs ?? null),
    proof: bulk(effective.proof),
    base: integer(base.backupId),
    commits: integer(tail.commitCount),
    bytes: integer(plan.neededBytes),
    expected_us: orNull(plan.expectedDurationUs),
    lost_commits: integer(loss.commitCount),
    lost_puts: integer(loss.putCount),
    lost_deletes: integer(loss.deleteCount),
    lost_from_us: orNull(loss.firstCommittedAtUs),
    lost_to_us: orNull(loss.lastCommittedAtUs),
    warnings: array(plan.warnings.map(bulk)),
  })
}

function resultReply(report: RecoveryReport, { path, previousPath }: RestoreOutcome): Reply {
  const { proof } = report
  return map({
    path: bulk(path ?? report.targetPath),
    previous_path: previousPath === null ? nullReply : bulk(previousPath),
    last_seq: integer(proof.lastSequence),
    proof_level: bulk(proof.level),
    proved: integer(proof.isEqual ? 1 : 0),
    differences: array(proof.differences.map(bulk)),
    files: integer(report.fileCount),
    bytes: integer(report.writtenBytes),
    commits: integer(report.appliedCommitCount),
    duration_us: integer(report.finishedAtUs - report.startedAtUs),
    phases: array(
      report.phases.map(({ name, durationUs, bytes }) =>
        map({ name: bulk(name), duration_us: integer(durationUs), bytes: integer(bytes) }),
      ),
    ),
  })
}

function orNull(value: number | null): Reply {
  return value === null ? nullReply : integer(value)
}
