import type { BackupFile, FileRole } from '#contract'
import type { ReadDatabase } from './open.ts'
import { statement } from './statements.ts'

const SHARED_WITH_MAX = 20

type FileRow = {
  file_id: number
  path: string
  database_name: string
  role: FileRole
  size_bytes: number | null
  crc32c: number | null
  column_family_name: string | null
  level: number | null
  smallest_key: Uint8Array | null
  largest_key: Uint8Array | null
  entry_count: number | null
  deletion_count: number | null
  range_deletion_count: number | null
  compression: string | null
  block_checksum: string | null
  format_version: number | null
  created_at_us: number | null
  use_count: number
  is_excluded: number
  problem: string | null
}

/** The files of a backup: tables by column family, level and key, then the rest by name. */
export function filesOfBackup(
  database: ReadDatabase,
  sourceId: number,
  backupId: number,
  page: { offset: number; limit: number },
): { files: BackupFile[]; totalCount: number } {
  const rows = statement(
    database,
    `select f.file_id, f.path, u.database_name, f.role, f.size_bytes, u.crc32c, u.column_family_name, u.level,
       u.smallest_key, u.largest_key, f.entry_count, f.deletion_count, f.range_deletion_count, f.compression,
       f.block_checksum, f.format_version, f.created_at_us, f.use_count, u.is_excluded,
       coalesce(u.problem, f.problem) as problem
     from file_use u join file f using (file_id) where u.snapshot_id = (select snapshot_id from source where source_id = :sourceId) and u.backup_id = :backupId
     order by u.column_family_id is null, u.column_family_id, u.level, u.smallest_key, f.path
     limit :limit offset :offset`,
  ).all({ sourceId, backupId, ...page }) as FileRow[]
  const total = statement(
    database,
    `select count(*) as count from file_use
     where snapshot_id = (select snapshot_id from source where source_id = ?) and backup_id = ?`,
  ).get(sourceId, backupId) as { count: number }
  return { files: rows.map((row) => toFile(database, backupId, row)), totalCount: total.count }
}

function toFile(database: ReadDatabase, backupId: number, row: FileRow): BackupFile {
  const otherUseCount = row.use_count - (row.is_excluded === 1 ? 0 : 1)
  return {
    path: row.path,
    databaseName: row.database_name,
    role: row.role,
    sizeBytes: row.size_bytes,
    crc32c: row.crc32c,
    columnFamilyName: row.column_family_name,
    level: row.level,
    smallestKey: base64(row.smallest_key),
    largestKey: base64(row.largest_key),
    entryCount: row.entry_count,
    deletionCount: row.deletion_count,
    rangeDeletionCount: row.range_deletion_count,
    compression: row.compression,
    blockChecksum: row.block_checksum,
    formatVersion: row.format_version,
    createdAtUs: row.created_at_us,
    sharedWith: otherUseCount === 0 ? [] : otherUsers(database, row.file_id, backupId),
    sharedWithCount: otherUseCount,
    excluded: row.is_excluded === 1,
    problem: row.problem,
  }
}

function otherUsers(database: ReadDatabase, fileId: number, backupId: number): number[] {
  const rows = statement(
    database,
    `select backup_id from file_use where file_id = ? and backup_id <> ? and is_excluded = 0
     order by backup_id desc limit ?`,
  ).all(fileId, backupId, SHARED_WITH_MAX) as { backup_id: number }[]
  return rows.map((row) => row.backup_id)
}

function base64(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('base64')
}
