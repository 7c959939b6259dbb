import { DamageError } from '#base/damage.ts'
import type { BackupDirectory } from '../../repository/backup-directory.ts'
import { parseDatabaseFileName } from '../../rocksdb/database-file-name.ts'
import { openTable } from '../../rocksdb/sst/table.ts'
import { descriptorSource } from './held-file.ts'
import type { LiveFile, LiveFiles } from './live-files.ts'
import type { References } from './references.ts'

export const SHARED_FOLDER = 'shared_checksum'

const SESSION_ID = /^[A-Za-z0-9]{1,64}$/

/** A stored file with its checksum, as a published backup names it. */
export type StoredFile = { path: string; crc32c: number }

/** A table or blob file of the state, and what of it the repository has already. Plain data. */
export type SharedCopy = LiveFile & {
  /** relative to the repository; null when its name needs a checksum that is not known yet */
  path: string | null
  /** it is there, a published backup vouches for it, and no verification found it damaged: nothing is read */
  stored: StoredFile | null
  /** files that it may be: which one, its checksum tells */
  candidates: StoredFile[]
  /** a stored file is damaged and is to be replaced, under its name: what published backups say of its bytes */
  healedCrc32c: number | null
}

/**
 * Gives every table and blob file of a state the name that RocksDB's BackupEngine would give it
 * (docs/formats/rocksdb.md §7.1), and finds those that published backups have already.
 * @throws DamageError when a stored file is not what the meta files say
 */
export function planSharedCopies(live: LiveFiles, directory: BackupDirectory, references: References): SharedCopy[] {
  const byNumberAndSize = candidatesByNumberAndSize(references)
  return [...live.tables, ...live.blobs].map((file) => {
    const sessionId = sessionIdOf(file)
    if (sessionId === null) {
      const candidates =
        byNumberAndSize.get(`${fileNumberOf(file.name)} ${file.sizeBytes} ${extensionOf(file.name)}`) ?? []
      const whole = candidates.filter(({ path }) => isWhole(directory, path, file.sizeBytes))
      return { ...file, path: null, stored: null, candidates: whole, healedCrc32c: null }
    }
    const path = `${SHARED_FOLDER}/${stemOf(file.name)}_s${sessionId}_${file.sizeBytes}.${extensionOf(file.name)}`
    const stored = storedAt(path, file.sizeBytes, directory, references)
    const healedCrc32c = references.doubted.has(path) ? (references.files.get(path)?.crc32c ?? null) : null
    return { ...file, path, stored, candidates: [], healedCrc32c }
  })
}

/** The path of a file whose name holds its checksum. */
export function checksumPath(file: LiveFile, crc32c: number): string {
  return `${SHARED_FOLDER}/${stemOf(file.name)}_${crc32c}_${file.sizeBytes}.${extensionOf(file.name)}`
}

/** Where a file is written before it has its name. */
export function temporaryPath(copy: SharedCopy): string {
  const name =
    copy.path?.slice(SHARED_FOLDER.length + 1) ?? `${stemOf(copy.name)}_${copy.sizeBytes}.${extensionOf(copy.name)}`
  return `${SHARED_FOLDER}/.${name}.tmp`
}

/** Null for blob files, for tables without one, and for those that only their engine can open. */
function sessionIdOf(file: LiveFile): string | null {
  if (!file.name.endsWith('.sst')) return null
  try {
    const { sessionIdentity } = openTable(descriptorSource(file)).properties
    return sessionIdentity !== null && SESSION_ID.test(sessionIdentity) ? sessionIdentity : null
  } catch (cause) {
    if (cause instanceof DamageError) return null
    throw cause
  }
}

function storedAt(
  path: string,
  sizeBytes: number,
  directory: BackupDirectory,
  { files, doubted }: References,
): StoredFile | null {
  const reference = files.get(path)
  if (reference === undefined) return null
  const stat = directory.stat(path)
  // it is missing, or nobody vouches for its bytes: a new copy heals the others as well
  if (stat === null || (reference.crc32c === null && !reference.isContradicted)) return null
  if (reference.isContradicted) throw storedDamage(path, 'meta files contradict each other about this file', null)
  if (doubted.has(path)) return null
  if (!stat.isFile() || stat.size !== sizeBytes) {
    throw storedDamage(path, 'not as long as the table it is a copy of', `${sizeBytes} bytes`, `${stat.size} bytes`)
  }
  return reference.crc32c === null ? null : { path, crc32c: reference.crc32c }
}

function isWhole(directory: BackupDirectory, path: string, sizeBytes: number): boolean {
  const stat = directory.stat(path)
  if (stat === null) return false
  if (stat.isFile() && stat.size === sizeBytes) return true
  throw storedDamage(path, 'not as long as its name says', `${sizeBytes} bytes`, `${stat.size} bytes`)
}

function candidatesByNumberAndSize({ files, doubted }: References): Map<string, StoredFile[]> {
  const found = new Map<string, StoredFile[]>()
  for (const [path, { crc32c, isContradicted }] of files) {
    const [, digits, sizeBytes, extension] = /^shared_checksum\/([0-9]+)_[0-9]+_([0-9]+)\.(sst|blob)$/.exec(path) ?? []
    if (digits === undefined || crc32c === null || isContradicted || doubted.has(path)) continue
    const key = `${Number(digits)} ${sizeBytes} ${extension}`
    found.set(key, [...(found.get(key) ?? []), { path, crc32c }])
  }
  return found
}

function storedDamage(
  file: string,
  problem: string,
  expected: string | null,
  found: string | null = null,
): DamageError {
  return new DamageError({ file, offsetBytes: null, structure: 'stored file', problem, expected, found })
}

function fileNumberOf(name: string): number {
  return parseDatabaseFileName(name)?.fileNumber ?? -1
}

function stemOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.'))
}

function extensionOf(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}
