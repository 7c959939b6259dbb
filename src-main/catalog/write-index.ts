import { dropOldSnapshots } from './drop-snapshots.ts'
import type { WriteDatabase } from './open.ts'
import { statement } from './statements.ts'

// a file may have a thousand users: few enough that the write lock is free again soon
const FILES_AT_ONCE = 50

/** A damage as the catalogue keeps it: base/damage.ts without its class. */
type DamageRow = {
  file: string
  offsetBytes: number | null
  structure: string
  problem: string
  expected: string | null
  found: string | null
}

/** What is read from a table itself; kept between runs, because a stored file never changes. */
export type TableColumns = {
  entryCount: number
  deletionCount: number
  rangeDeletionCount: number
  compression: string
  blockChecksum: string
  formatVersion: number
  createdAtUs: number | null
}

export type FileColumns = {
  path: string
  role: string
  sizeBytes: number | null
  modifiedAtUs: number | null
  table: TableColumns | null
  problem: string | null
}

export type FileUseColumns = {
  file: FileColumns
  databaseName: string
  crc32c: number | null
  expectedSizeBytes: number | null
  isExcluded: boolean
  columnFamilyId: number | null
  columnFamilyName: string | null
  level: number | null
  smallestKey: Uint8Array | null
  largestKey: Uint8Array | null
  problem: string | null
}

export type BackupColumns = {
  backupId: number
  state: string
  createdAtUs: number
  sequence: number
  schemaVersion: string
  appMetadata: Uint8Array | null
  metaText: string
  metaDigest: string
  databaseId: string | null
  manifestSequence: number | null
  uses: readonly FileUseColumns[]
  columnFamilies: readonly { columnFamilyId: number; name: string; comparator: string }[]
  damages: readonly DamageRow[]
}

/**
 * Writes what an index run sees as a new snapshot beside the current one, one transaction per backup, and
 * switches the source over at the end: readers see the old state or the new one, and nobody waits for the whole run.
 */
export class IndexWriter {
  readonly #database: WriteDatabase
  readonly #sourceId: number
  readonly #snapshotId: number
  readonly #fileIds = new Map<string, number>()
  readonly #backupIds: number[] = []

  constructor(database: WriteDatabase, sourceId: number) {
    this.#database = database
    this.#sourceId = sourceId
    // an index is read again from its source if a power cut takes it: no need to wait for the disk
    database.pragma('synchronous = NORMAL')
    dropOldSnapshots(this.#database, this.#sourceId)
    const { lastInsertRowid } = statement(database, 'insert into snapshot (source_id) values (?)').run(sourceId)
    this.#snapshotId = Number(lastInsertRowid)
  }

  add(backup: BackupColumns, damagesKeptMax: number): void {
    this.#database.exec('begin immediate')
    this.#addBackup(backup)
    for (const use of backup.uses) this.#addUse(backup.backupId, use)
    for (const family of backup.columnFamilies) {
      statement(this.#database, 'insert into column_family values (?, ?, ?, ?, ?)').run(
        this.#snapshotId,
        backup.backupId,
        family.columnFamilyId,
        family.name,
        family.comparator,
      )
    }
    backup.damages.slice(0, damagesKeptMax).forEach((damage, ordinal) => {
      statement(
        this.#database,
        `insert into damage values (:snapshotId, :backupId, :ordinal, :file, :offsetBytes, :structure, :problem, :expected, :found)`,
      ).run({ snapshotId: this.#snapshotId, backupId: backup.backupId, ordinal, ...damage })
    })
    this.#database.exec('commit')
  }

  /** Makes this snapshot the source's current one, and drops the one before; of a forgotten source nothing stays. */
  commit(facts: { fingerprint: string; nowUs: number }): void {
    this.#count()
    this.#database.exec('begin immediate')
    statement(this.#database, SWITCH_OVER).run({ sourceId: this.#sourceId, snapshotId: this.#snapshotId, ...facts })
    this.#database.exec('commit')
    dropOldSnapshots(this.#database, this.#sourceId)
  }

  /** Ends a run that did not come to its end; the current snapshot stays. */
  close(): void {
    if (this.#database.inTransaction) this.#database.exec('rollback')
    dropOldSnapshots(this.#database, this.#sourceId)
  }

  /** In many short transactions: nobody sees this snapshot yet, and the core's thread waits for the write lock. */
  #count(): void {
    const fileIds = [...this.#fileIds.values()]
    for (let start = 0; start < fileIds.length; start += FILES_AT_ONCE) {
      const [first, last] = [fileIds[start], fileIds[Math.min(start + FILES_AT_ONCE, fileIds.length) - 1]]
      statement(this.#database, COUNT_USES).run({ snapshotId: this.#snapshotId, first, last })
    }
    for (const backupId of this.#backupIds) {
      statement(this.#database, SUM_BACKUP).run({ snapshotId: this.#snapshotId, backupId })
    }
  }

  #addBackup(backup: BackupColumns): void {
    this.#backupIds.push(backup.backupId)
    statement(
      this.#database,
      `insert into backup (snapshot_id, backup_id, state, created_at_us, sequence, schema_version, file_count,
         logical_bytes, exclusive_bytes, database_id, manifest_sequence, app_metadata, meta_text, meta_digest, damage_count)
       values (:snapshotId, :backupId, :state, :createdAtUs, :sequence, :schemaVersion, :fileCount, 0, 0, :databaseId,
         :manifestSequence, :appMetadata, :metaText, :metaDigest, :damageCount)`,
    ).run({
      snapshotId: this.#snapshotId,
      backupId: backup.backupId,
      state: backup.state,
      createdAtUs: backup.createdAtUs,
      sequence: backup.sequence,
      schemaVersion: backup.schemaVersion,
      fileCount: backup.uses.filter((use) => !use.isExcluded).length,
      databaseId: backup.databaseId,
      manifestSequence: backup.manifestSequence,
      appMetadata: backup.appMetadata,
      metaText: backup.metaText,
      metaDigest: backup.metaDigest,
      damageCount: backup.damages.length,
    })
  }

  #addUse(backupId: number, use: FileUseColumns): void {
    statement(
      this.#database,
      `insert into file_use values (:snapshotId, :backupId, :fileId, :databaseName, :crc32c, :expectedSizeBytes,
         :isExcluded, :columnFamilyId, :columnFamilyName, :level, :smallestKey, :largestKey, :problem)`,
    ).run({
      snapshotId: this.#snapshotId,
      backupId,
      fileId: this.#fileId(use.file),
      databaseName: use.databaseName,
      crc32c: use.crc32c,
      expectedSizeBytes: use.expectedSizeBytes,
      isExcluded: use.isExcluded ? 1 : 0,
      columnFamilyId: use.columnFamilyId,
      columnFamilyName: use.columnFamilyName,
      level: use.level,
      smallestKey: use.smallestKey,
      largestKey: use.largestKey,
      problem: use.problem,
    })
  }

  #fileId(file: FileColumns): number {
    const known = this.#fileIds.get(file.path)
    if (known !== undefined) return known
    const { lastInsertRowid } = statement(
      this.#database,
      `insert into file (snapshot_id, path, role, size_bytes, modified_at_us, entry_count, deletion_count,
         range_deletion_count, compression, block_checksum, format_version, created_at_us, problem)
       values (:snapshotId, :path, :role, :sizeBytes, :modifiedAtUs, :entryCount, :deletionCount, :rangeDeletionCount,
         :compression, :blockChecksum, :formatVersion, :createdAtUs, :problem)`,
    ).run({
      snapshotId: this.#snapshotId,
      path: file.path,
      role: file.role,
      sizeBytes: file.sizeBytes,
      modifiedAtUs: file.modifiedAtUs,
      entryCount: file.table?.entryCount ?? null,
      deletionCount: file.table?.deletionCount ?? null,
      rangeDeletionCount: file.table?.rangeDeletionCount ?? null,
      compression: file.table?.compression ?? null,
      blockChecksum: file.table?.blockChecksum ?? null,
      formatVersion: file.table?.formatVersion ?? null,
      createdAtUs: file.table?.createdAtUs ?? null,
      problem: file.problem,
    })
    const fileId = Number(lastInsertRowid)
    this.#fileIds.set(file.path, fileId)
    return fileId
  }
}

type KnownTableRow = {
  path: string
  size_bytes: number
  modified_at_us: number
  entry_count: number
  deletion_count: number
  range_deletion_count: number
  compression: string
  block_checksum: string
  format_version: number
  created_at_us: number | null
}

/** The tables that an earlier run read, by path, with the size and time they had then. */
export function knownTables(
  database: WriteDatabase,
  sourceId: number,
): Map<string, { sizeBytes: number; modifiedAtUs: number; table: TableColumns }> {
  const rows = statement(
    database,
    'select * from file where snapshot_id = (select snapshot_id from source where source_id = ?) and entry_count is not null and problem is null',
  ).all(sourceId) as KnownTableRow[]
  return new Map(
    rows.map((row) => [
      row.path,
      {
        sizeBytes: row.size_bytes,
        modifiedAtUs: row.modified_at_us,
        table: {
          entryCount: row.entry_count,
          deletionCount: row.deletion_count,
          rangeDeletionCount: row.range_deletion_count,
          compression: row.compression,
          blockChecksum: row.block_checksum,
          formatVersion: row.format_version,
          createdAtUs: row.created_at_us,
        },
      },
    ]),
  )
}

// a file that a backup left out is neither its own nor restored with it
const COUNT_USES = `
update file set use_count = (
  select count(*) from file_use u where u.file_id = file.file_id and u.is_excluded = 0
) where snapshot_id = :snapshotId and file_id between :first and :last`

// tables may claim any number of entries: total() cannot overflow
const SUM_BACKUP = `
update backup set (logical_bytes, exclusive_bytes, entry_count) = (
  select coalesce(sum(f.size_bytes), 0),
    coalesce(sum(case when f.use_count = 1 then f.size_bytes end), 0),
    case when sum(f.role = 'table' and f.entry_count is null) > 0 then null
      else cast(min(total(f.entry_count), ${Number.MAX_SAFE_INTEGER}) as integer) end
  from file_use u join file f on f.file_id = u.file_id
  where u.snapshot_id = backup.snapshot_id and u.backup_id = backup.backup_id and u.is_excluded = 0
) where snapshot_id = :snapshotId and backup_id = :backupId`

const SWITCH_OVER = `
update source set fingerprint = :fingerprint, indexed_at_us = :nowUs, error = null, snapshot_id = :snapshotId,
  backup_count = (select count(*) from backup where snapshot_id = :snapshotId),
  unsound_backup_count = (select count(*) from backup where snapshot_id = :snapshotId and state <> 'sound'),
  stored_bytes = (select coalesce(sum(size_bytes), 0) from file where snapshot_id = :snapshotId)
where source_id = :sourceId and is_forgotten = 0`
