import { AppError } from '#base/app-error.ts'
import { type Damage, DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { type BackupMeta, type BackupMetaFile, parseBackupMeta } from '../rocksdb/backup-meta.ts'
import { parseDatabaseFileName } from '../rocksdb/database-file-name.ts'
import type { ManifestState } from '../rocksdb/manifest/manifest-state.ts'
import type { BackupDirectory } from './backup-directory.ts'
import { type FileUse, fileDamage, type IndexedBackup } from './indexed.ts'
import { manifestOfBackup } from './manifest-of-backup.ts'
import { metaDigestOf, metaPathOf } from './read-meta.ts'
import type { StoredFiles } from './stored-files.ts'

const META_TEXT_BYTES = 64 * 1024

/**
 * All that is known of one backup without reading its data: meta file, MANIFEST, and the heads of its files. Whatever
 * is wrong with it stands in `damages` and in `state`; a damaged backup is as visible as a sound one.
 */
export function readBackup(directory: BackupDirectory, backupId: number, stored: StoredFiles): IndexedBackup {
  const metaPath = metaPathOf(backupId)
  const damages: Damage[] = []
  const bytes = attempt(damages, metaPath, () => directory.read(metaPath, limits.metaFileBytesMax))
  const meta = bytes === null ? null : attempt(damages, metaPath, () => parseBackupMeta(bytes, backupId, metaPath))
  const manifest =
    meta === null ? null : attempt(damages, `private/${backupId}`, () => manifestOfBackup(directory, meta))
  damages.push(...(manifest?.damages ?? []))
  const uses = meta === null ? [] : fileUses(meta.files, manifest, stored)
  const createdAtUs = attempt(damages, metaPath, () => timeOf(meta, metaPath)) ?? 0
  const isReadable = damages.length === 0
  damages.push(...fileDamages(uses), ...unlistedTables(metaPath, meta, manifest))
  return {
    backupId,
    state: !isReadable ? 'unreadable' : isWhole(uses, damages) ? 'sound' : 'incomplete',
    createdAtUs,
    sequence: meta?.sequence ?? 0,
    schemaVersion: meta === null ? 'unknown' : String(meta.schemaVersion),
    appMetadata: meta?.appMetadata ?? null,
    metaText: bytes === null ? '' : new TextDecoder().decode(bytes.subarray(0, META_TEXT_BYTES)),
    metaDigest: bytes === null ? '' : metaDigestOf(bytes),
    databaseId: manifest?.databaseId ?? null,
    manifestSequence: manifest?.lastSequence ?? null,
    uses,
    columnFamilies: (manifest?.columnFamilies ?? []).map((family) => ({
      columnFamilyId: family.id,
      name: family.name,
      comparator: family.comparator ?? '',
    })),
    damages,
  }
}

function isWhole(uses: readonly FileUse[], damages: readonly Damage[]): boolean {
  return damages.length === 0 && uses.every((use) => !use.isExcluded)
}

/** @throws DamageError for a time that no clock shows: in microseconds it is not an exact number any more */
function timeOf(meta: BackupMeta | null, metaPath: string): number {
  const createdAtUs = (meta?.createdAtS ?? 0) * 1_000_000
  if (Number.isSafeInteger(createdAtUs)) return createdAtUs
  throw new DamageError({
    file: metaPath,
    offsetBytes: null,
    structure: 'backup meta',
    problem: 'the time is out of range',
    expected: null,
    found: `${meta?.createdAtS} seconds`,
  })
}

/** Runs a step whose failure is a damage of this backup. */
function attempt<Result>(damages: Damage[], file: string, step: () => Result): Result | null {
  try {
    return step()
  } catch (cause) {
    if (cause instanceof DamageError) damages.push(cause.damage)
    else if (cause instanceof AppError) damages.push(fileDamage(file, cause.message))
    else throw cause
    return null
  }
}

function fileUses(files: readonly BackupMetaFile[], manifest: ManifestState | null, stored: StoredFiles): FileUse[] {
  const places = tablePlaces(manifest)
  return files.map((listed) => {
    const file = stored.get(listed)
    const place = places.get(parseDatabaseFileName(listed.databaseName)?.fileNumber ?? -1)
    const isTable = file.role === 'table'
    const isCut = listed.sizeBytes !== null && file.sizeBytes !== null && file.sizeBytes !== listed.sizeBytes
    return {
      file,
      databaseName: listed.databaseName,
      crc32c: listed.crc32c,
      expectedSizeBytes: listed.sizeBytes,
      isExcluded: listed.excluded,
      columnFamilyId: isTable ? (place?.columnFamilyId ?? null) : null,
      columnFamilyName: isTable ? (place?.columnFamilyName ?? null) : null,
      level: isTable ? (place?.level ?? null) : null,
      smallestKey: isTable ? (place?.smallestKey ?? null) : null,
      largestKey: isTable ? (place?.largestKey ?? null) : null,
      problem: isCut ? `${file.sizeBytes} bytes instead of ${listed.sizeBytes}` : null,
    }
  })
}

type TablePlace = {
  columnFamilyId: number
  columnFamilyName: string
  level: number
  smallestKey: Uint8Array
  largestKey: Uint8Array
}

function tablePlaces(manifest: ManifestState | null): Map<number, TablePlace> {
  const places = new Map<number, TablePlace>()
  for (const family of manifest?.columnFamilies ?? []) {
    for (const { fileNumber, level, smallestKey, largestKey } of family.files) {
      places.set(fileNumber, {
        columnFamilyId: family.id,
        columnFamilyName: family.name,
        level,
        smallestKey,
        largestKey,
      })
    }
  }
  return places
}

function fileDamages(uses: readonly FileUse[]): Damage[] {
  return uses.flatMap((use) => {
    const damage = use.problem === null ? use.file.damage : fileDamage(use.file.path, use.problem)
    return damage === null ? [] : [damage]
  })
}

/** A backup whose MANIFEST needs a table that its meta file does not list cannot be opened after a restore. */
function unlistedTables(metaPath: string, meta: BackupMeta | null, manifest: ManifestState | null): Damage[] {
  if (meta === null || manifest === null) return []
  const listed = new Set(meta.files.map((file) => parseDatabaseFileName(file.databaseName)?.fileNumber))
  return manifest.columnFamilies.flatMap((family) =>
    family.files
      .filter((file) => !listed.has(file.fileNumber))
      .map((file) => ({
        file: metaPath,
        offsetBytes: null,
        structure: 'list of files',
        problem: `the MANIFEST needs table ${file.fileNumber} of column family ${family.name}, which is not listed`,
        expected: `table ${file.fileNumber}`,
        found: null,
      })),
  )
}
