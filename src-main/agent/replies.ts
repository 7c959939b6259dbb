import { array, bulk, double, integer, map, nullReply, type Reply } from '../resp/reply.ts'
import type { AgentStatus, BackupInfo, BackupRow, CommitPoint, Policy, VerificationReport } from './backup-service.ts'

/** A row of LIST: the names are those of the protocol. */
export function rowReply(row: BackupRow): Reply {
  return map(rowFields(row))
}

export function infoReply({ row, chain, files, problems }: BackupInfo): Reply {
  return map({
    ...rowFields(row),
    chain: array(chain.map(integer)),
    file_list: array(
      files.map((file) => map({ path: bulk(file.path), bytes: integer(file.sizeBytes), crc32c: orNull(file.crc32c) })),
    ),
    problems: array(problems.map(bulk)),
  })
}

export function verificationReply(report: VerificationReport): Reply {
  return map({
    id: integer(report.backupId),
    level: bulk(report.level),
    result: bulk(report.result),
    bytes: integer(report.readBytes),
    files: integer(report.fileCount),
    duration_us: integer(report.durationUs),
    problems: array(report.problems.map(bulk)),
  })
}

export function policyReply({ retention }: Policy): Reply {
  return map({
    maxcount: integer(retention.maxCount),
    maxage_days: integer(retention.maxAgeDays),
  })
}

export function scheduleReply({ schedule }: Policy): Reply {
  return map({
    full: orNull(schedule.full),
    incremental: orNull(schedule.incremental),
    verify: orNull(schedule.verify),
  })
}

export function statusReply(status: AgentStatus): Reply {
  return map({
    timeline: bulk(status.timeline),
    last_seq: integer(status.lastSequence),
    archived_seq: integer(status.archivedSequence),
    archive_lag_us: integer(status.archiveLagUs),
    recoverable_from_us: orNull(status.recoverableFromUs),
    recoverable_to_us: orNull(status.recoverableToUs),
    job: orNull(status.job),
    progress: status.progress === null ? nullReply : double(status.progress),
  })
}

export function pointReply(point: CommitPoint): Reply {
  return map({
    seq: integer(point.firstSequence),
    count: integer(point.sequenceCount),
    time_us: orNull(point.committedAtUs),
    puts: integer(point.putCount),
    deletes: integer(point.deleteCount),
    bytes: integer(point.sizeBytes),
  })
}

function rowFields(row: BackupRow): Record<string, Reply> {
  return {
    id: integer(row.backupId),
    kind: bulk(row.kind),
    state: bulk(row.state),
    created_us: integer(row.createdAtUs),
    first_seq: orNull(row.firstSequence),
    last_seq: orNull(row.lastSequence),
    bytes: integer(row.sizeBytes),
    files: integer(row.fileCount),
    base: orNull(row.baseId),
    label: orNull(row.label),
    verified_us: orNull(row.verifiedAtUs),
  }
}

function orNull(value: number | string | null): Reply {
  if (value === null) return nullReply
  return typeof value === 'number' ? integer(value) : bulk(value)
}
