import type { Backup, BackupDetail, BackupState, ColumnFamily, DamageInfo, VerificationLevel } from '#contract'
import type { ReadDatabase } from './open.ts'
import { statement } from './statements.ts'

type BackupRow = {
  source_id: number
  backup_id: number
  state: BackupState
  created_at_us: number
  sequence: number
  schema_version: string
  file_count: number
  logical_bytes: number
  exclusive_bytes: number
  entry_count: number | null
  database_id: string | null
  manifest_sequence: number | null
  damage_count: number
  verification_id: number | null
  verification_level: VerificationLevel | null
  verification_outcome: 'passed' | 'failed' | null
  verification_finished_at_us: number | null
}

// read backwards along its index, it stops at the first that fits: a source verified every hour has thousands
const LAST_VERIFICATION = `
    select x.verification_id from verification_backup x join verification y using (verification_id)
    where x.backup_id = b.backup_id and x.meta_digest = b.meta_digest and y.source_id = s.source_id`

// A verification counts for a backup only while its meta file is the one that was verified: ids are used again. What a
// failure or a comparison of bytes said is not outdone by a later look at names and sizes. Meta texts stay out: a list of
// a thousand backups would read 64 MiB of them.
const SELECT = `
select s.source_id, b.backup_id, b.state, b.created_at_us, b.sequence, b.schema_version, b.file_count, b.logical_bytes,
  b.exclusive_bytes, b.entry_count, b.database_id, b.manifest_sequence, b.damage_count, v.verification_id, v.level as verification_level, vb.outcome as verification_outcome,
  v.finished_at_us as verification_finished_at_us
from source s join backup b on b.snapshot_id = s.snapshot_id
left join verification_backup vb on vb.backup_id = b.backup_id and vb.meta_digest = b.meta_digest
  and vb.verification_id = coalesce(
    (${LAST_VERIFICATION} and (y.level <> 'presence' or x.outcome = 'failed') order by x.verification_id desc limit 1),
    (${LAST_VERIFICATION} order by x.verification_id desc limit 1))
left join verification v on v.verification_id = vb.verification_id
where s.source_id = ?`

/** Newest first. */
export function backupsOfSource(database: ReadDatabase, sourceId: number): Backup[] {
  return (statement(database, `${SELECT} order by b.backup_id desc`).all(sourceId) as BackupRow[]).map(toBackup)
}

export function backupDetail(database: ReadDatabase, sourceId: number, backupId: number): BackupDetail | null {
  const row = statement(database, `${SELECT} and b.backup_id = ?`).get(sourceId, backupId) as BackupRow | undefined
  if (row === undefined) return null
  const long = statement(
    database,
    `select app_metadata, meta_text from backup
     where snapshot_id = (select snapshot_id from source where source_id = ?) and backup_id = ?`,
  ).get(sourceId, backupId) as { app_metadata: Uint8Array | null; meta_text: string }
  return {
    backup: toBackup(row),
    columnFamilies: columnFamilies(database, sourceId, backupId),
    databaseId: row.database_id,
    manifestSequence: row.manifest_sequence,
    appMetadata: long.app_metadata === null ? null : Buffer.from(long.app_metadata).toString('base64'),
    bytesByRole: statement(
      database,
      `select f.role, count(*) as fileCount, coalesce(sum(f.size_bytes), 0) as sizeBytes
       from file_use u join file f using (file_id)
       where u.snapshot_id = (select snapshot_id from source where source_id = ?) and u.backup_id = ?
       group by f.role order by sizeBytes desc`,
    ).all(sourceId, backupId) as BackupDetail['bytesByRole'],
    damages: statement(
      database,
      `select file, offset_bytes as offsetBytes, structure, problem, expected, found from damage
       where snapshot_id = (select snapshot_id from source where source_id = ?) and backup_id = ? order by ordinal`,
    ).all(sourceId, backupId) as DamageInfo[],
    metaText: long.meta_text,
  }
}

export function hasBackup(database: ReadDatabase, sourceId: number, backupId: number): boolean {
  return (
    statement(
      database,
      'select 1 from backup where snapshot_id = (select snapshot_id from source where source_id = ?) and backup_id = ?',
    ).get(sourceId, backupId) !== undefined
  )
}

type LevelRow = {
  column_family_id: number
  level: number
  file_count: number
  size_bytes: number
  entry_count: number | null
  deletion_count: number | null
  smallest_key: Uint8Array | null
  largest_key: Uint8Array | null
}

function columnFamilies(database: ReadDatabase, sourceId: number, backupId: number): ColumnFamily[] {
  const levels = statement(
    database,
    `select u.column_family_id, u.level, count(*) as file_count, coalesce(sum(f.size_bytes), 0) as size_bytes,
       case when count(f.entry_count) < count(*) then null else total(f.entry_count) end as entry_count,
       case when count(f.deletion_count) < count(*) then null else total(f.deletion_count) end as deletion_count,
       min(u.smallest_key) as smallest_key, max(u.largest_key) as largest_key
     from file_use u join file f using (file_id)
     where u.snapshot_id = (select snapshot_id from source where source_id = ?) and u.backup_id = ? and u.column_family_id is not null
     group by u.column_family_id, u.level order by u.column_family_id, u.level`,
  ).all(sourceId, backupId) as LevelRow[]
  const families = statement(
    database,
    `select column_family_id as columnFamilyId, name, comparator from column_family
     where snapshot_id = (select snapshot_id from source where source_id = ?) and backup_id = ? order by column_family_id`,
  ).all(sourceId, backupId) as { columnFamilyId: number; name: string; comparator: string }[]
  return families.map((family) => ({
    ...family,
    ...sumLevels(levels.filter((level) => level.column_family_id === family.columnFamilyId)),
  }))
}

function sumLevels(levels: LevelRow[]): Omit<ColumnFamily, 'columnFamilyId' | 'name' | 'comparator'> {
  const keys = (pick: (level: LevelRow) => Uint8Array | null) =>
    levels
      .map(pick)
      .filter((key) => key !== null)
      .map((key) => Buffer.from(key))
      .sort(Buffer.compare)
  return {
    fileCount: sum(levels, (level) => level.file_count) ?? 0,
    sizeBytes: sum(levels, (level) => level.size_bytes) ?? 0,
    entryCount: sum(levels, (level) => level.entry_count),
    deletionCount: sum(levels, (level) => level.deletion_count),
    smallestKey:
      keys((level) => level.smallest_key)
        .at(0)
        ?.toString('base64') ?? null,
    largestKey:
      keys((level) => level.largest_key)
        .at(-1)
        ?.toString('base64') ?? null,
    levels: levels.map((level) => ({
      level: level.level,
      fileCount: level.file_count,
      sizeBytes: level.size_bytes,
      entryCount: level.entry_count === null ? null : Math.min(level.entry_count, Number.MAX_SAFE_INTEGER),
    })),
  }
}

function sum(levels: LevelRow[], pick: (level: LevelRow) => number | null): number | null {
  let total = 0
  for (const level of levels) {
    const value = pick(level)
    if (value === null) return null
    total += value
  }
  return Math.min(total, Number.MAX_SAFE_INTEGER)
}

function toBackup(row: BackupRow): Backup {
  return {
    sourceId: row.source_id,
    backupId: row.backup_id,
    state: row.state,
    createdAtUs: row.created_at_us,
    sequence: row.sequence,
    schemaVersion: row.schema_version,
    fileCount: row.file_count,
    logicalBytes: row.logical_bytes,
    exclusiveBytes: row.exclusive_bytes,
    sharedBytes: row.logical_bytes - row.exclusive_bytes,
    entryCount: row.entry_count,
    damageCount: row.damage_count,
    lastVerification:
      row.verification_id === null ||
      row.verification_level === null ||
      row.verification_outcome === null ||
      row.verification_finished_at_us === null
        ? null
        : {
            verificationId: row.verification_id,
            level: row.verification_level,
            outcome: row.verification_outcome,
            finishedAtUs: row.verification_finished_at_us,
          },
  }
}
