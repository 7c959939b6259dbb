import type { ErrorInfo, Source } from '#contract'
import type { ReadDatabase, WriteDatabase } from './open.ts'
import { statement } from './statements.ts'

type SourceRow = {
  source_id: number
  path: string
  name: string
  opened_at_us: number
  indexed_at_us: number | null
  fingerprint: string | null
  error: string | null
  index_job_id: number | null
  backup_count: number
  unsound_backup_count: number
  stored_bytes: number
  newest_id: number | null
  newest_created_at_us: number | null
  newest_sequence: number | null
  verified_outcome: 'passed' | 'failed' | null
  verified_at_us: number | null
  verified_backup_count: number | null
}

const SELECT = `
select s.*, b.backup_id as newest_id, b.created_at_us as newest_created_at_us, b.sequence as newest_sequence,
  v.outcome as verified_outcome, v.finished_at_us as verified_at_us,
  (select count(*) from verification_backup vb where vb.verification_id = v.verification_id) as verified_backup_count
from source s
left join backup b on b.snapshot_id = s.snapshot_id
  and b.backup_id = (select max(backup_id) from backup where snapshot_id = s.snapshot_id)
left join verification v on v.verification_id =
  (select verification_id from verification where source_id = s.source_id
   order by (level <> 'presence' or outcome = 'failed') desc, verification_id desc limit 1)
where s.is_forgotten = 0`

/** The opened sources, in the order in which they were first opened. */
export function sourcesOpen(database: ReadDatabase): Source[] {
  return (statement(database, `${SELECT} order by s.source_id`).all() as SourceRow[]).map(toSource)
}

export function sourceById(database: ReadDatabase, sourceId: number): Source | null {
  const row = statement(database, `${SELECT} and s.source_id = ?`).get(sourceId) as SourceRow | undefined
  return row === undefined ? null : toSource(row)
}

/** What the directory looked like when it was indexed; null when it never was. */
export function sourceFingerprint(database: ReadDatabase, sourceId: number): string | null {
  const row = statement(database, 'select fingerprint from source where source_id = ?').get(sourceId)
  return (row as { fingerprint: string | null } | undefined)?.fingerprint ?? null
}

/** Notes that a path was opened; one that was opened before keeps its id and with it its verifications. */
export function noteSource(database: WriteDatabase, source: { path: string; name: string; nowUs: number }): number {
  const row = statement(
    database,
    `insert into source (path, name, opened_at_us) values (:path, :name, :nowUs)
     on conflict (path) do update set is_forgotten = 0, opened_at_us = :nowUs returning source_id`,
  ).get(source)
  return (row as { source_id: number }).source_id
}

export function setIndexJob(database: WriteDatabase, sourceId: number, jobId: number): void {
  statement(database, 'update source set index_job_id = ? where source_id = ?').run(jobId, sourceId)
}

/** Notes why a source cannot be used; null when it can again. What was indexed before stays. */
export function setSourceError(database: WriteDatabase, sourceId: number, error: ErrorInfo | null): void {
  const text = error === null ? null : JSON.stringify(error)
  statement(database, 'update source set error = ? where source_id = ?').run(text, sourceId)
}

/**
 * Takes a source out of the list; what was indexed is dropped later (drop-snapshots.ts). Its verifications stay, and so
 * does the name of its index job: a source that is opened again while that job runs waits for it.
 */
export function forgetSource(database: WriteDatabase, sourceId: number): void {
  statement(
    database,
    `update source set is_forgotten = 1, fingerprint = null, snapshot_id = null, indexed_at_us = null, error = null,
     backup_count = 0, unsound_backup_count = 0, stored_bytes = 0 where source_id = ?`,
  ).run(sourceId)
}

function toSource(row: SourceRow): Source {
  const error = row.error === null ? null : (JSON.parse(row.error) as ErrorInfo)
  return {
    sourceId: row.source_id,
    path: row.path,
    name: row.name,
    state: error !== null ? 'unusable' : row.indexed_at_us === null ? 'indexing' : 'ready',
    error,
    backupCount: row.backup_count,
    unsoundBackupCount: row.unsound_backup_count,
    newestBackup:
      row.newest_id === null || row.newest_created_at_us === null || row.newest_sequence === null
        ? null
        : { backupId: row.newest_id, createdAtUs: row.newest_created_at_us, sequence: row.newest_sequence },
    storedBytes: row.stored_bytes,
    lastVerification:
      row.verified_outcome === null || row.verified_at_us === null
        ? null
        : {
            outcome: row.verified_outcome,
            finishedAtUs: row.verified_at_us,
            backupCount: row.verified_backup_count ?? 0,
          },
    openedAtUs: row.opened_at_us,
    indexedAtUs: row.indexed_at_us,
    indexJobId: row.index_job_id,
  }
}
