import type { WriteDatabase } from './open.ts'
import { statement } from './statements.ts'

// few enough rows that nobody waits noticeably for the write lock
const BACKUPS_AT_ONCE = 20
const FILES_AT_ONCE = 2000

/** Removes what index runs of a source left that is not its current snapshot, in many short transactions. */
export function dropOldSnapshots(database: WriteDatabase, sourceId: number): void {
  const old = statement(
    database,
    `select snapshot_id as id from snapshot
     where source_id = :sourceId and snapshot_id is not (select snapshot_id from source where source_id = :sourceId)`,
  ).all({ sourceId }) as { id: number }[]
  for (const { id } of old) dropSnapshot(database, id)
}

/** Removes what was indexed of sources that are not open any more; a running index removes what it wrote itself. */
export function dropForgotten(database: WriteDatabase): void {
  const forgotten = statement(
    database,
    `select n.snapshot_id as id from snapshot n join source s using (source_id)
     left join job j on j.job_id = s.index_job_id
     where s.is_forgotten = 1 and (j.state is null or j.state not in ('queued', 'running', 'paused', 'stopping'))`,
  ).all() as { id: number }[]
  for (const { id } of forgotten) dropSnapshot(database, id)
}

function dropSnapshot(database: WriteDatabase, snapshotId: number): void {
  const backups = statement(
    database,
    `delete from backup where snapshot_id = :snapshotId and backup_id in
       (select backup_id from backup where snapshot_id = :snapshotId limit :limit)`,
  )
  while (backups.run({ snapshotId, limit: BACKUPS_AT_ONCE }).changes > 0);
  const files = statement(
    database,
    `delete from file where file_id in (select file_id from file where snapshot_id = :snapshotId limit :limit)`,
  )
  while (files.run({ snapshotId, limit: FILES_AT_ONCE }).changes > 0);
  statement(database, 'delete from snapshot where snapshot_id = ?').run(snapshotId)
}
