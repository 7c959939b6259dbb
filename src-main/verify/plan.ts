import { AppError } from '#base/app-error.ts'
import { DamageError, describeDamage } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { BackupDirectory } from '../repository/backup-directory.ts'
import { backupNotFound, metaDigestOf, metaPathOf } from '../repository/read-meta.ts'
import { type BackupMeta, parseBackupMeta } from '../rocksdb/backup-meta.ts'

/** What is to be verified. null: every backup of the directory. */
export type VerificationOrder = { path: string; backupIds: number[] | null }

/** One stored file, to be checked once for all backups that use it. */
export type PlannedFile = {
  path: string
  sizeBytes: number
  /** null: no meta file names a checksum, so its content cannot be proved */
  crc32c: number | null
}

export type FoundProblem = {
  path: string
  kind: 'missing' | 'size' | 'checksum' | 'unreadable' | 'meta' | 'excluded' | 'changed' | 'contents'
  expected: string | null
  found: string | null
  /** the verified backups that it concerns, newest first; left out: all that use the path */
  backupIds?: number[]
}

/** The files to read, and what is already known to be wrong without reading them. */
export type VerificationPlan = {
  root: string
  files: PlannedFile[]
  problems: FoundProblem[]
  backups: { backupId: number; metaDigest: string }[]
  /** the verified backups that use a path, newest first */
  usersByPath: Map<string, number[]>
}

/**
 * Reads the meta files and the sizes of everything they name. Nothing is taken from the catalogue: what is verified is
 * what lies on the disk now.
 * @throws AppError when the directory cannot be opened or a backup is not there
 */
export function planVerification(order: VerificationOrder): VerificationPlan {
  const directory = new BackupDirectory(order.path)
  const present = directory.backupIds()
  // "latest" and its number may both be given: one backup is one
  const backupIds = [...new Set(order.backupIds ?? present)].sort((left, right) => right - left)
  // nothing looked at is not "passed"
  if (backupIds.length === 0) throw nothingToVerify(directory)
  const missing = backupIds.find((backupId) => !present.includes(backupId))
  if (missing !== undefined) throw backupNotFound(directory, missing)
  const planner = new Planner(directory)
  for (const backupId of backupIds) planner.add(backupId)
  return planner.finish()
}

class Planner {
  readonly #directory: BackupDirectory
  readonly #plan: VerificationPlan
  readonly #files = new Map<string, PlannedFile>()
  readonly #excluded = new Map<string, number[]>()

  constructor(directory: BackupDirectory) {
    this.#directory = directory
    this.#plan = { root: directory.root, files: [], problems: [], backups: [], usersByPath: new Map() }
  }

  add(backupId: number): void {
    const metaPath = metaPathOf(backupId)
    this.#use(metaPath, backupId)
    const meta = this.#readMeta(metaPath, backupId)
    if (meta === null) return
    for (const file of meta.files) {
      if (file.excluded) this.#exclude(file.path, backupId)
      else if (this.#use(file.path, backupId)) this.#addFile(file)
      else this.#compare(file, metaPath)
    }
  }

  finish(): VerificationPlan {
    // large files first: the last worker then waits for a small one
    this.#plan.files = [...this.#files.values()].sort((left, right) => right.sizeBytes - left.sizeBytes)
    return this.#plan
  }

  #readMeta(metaPath: string, backupId: number): BackupMeta | null {
    let metaDigest = ''
    try {
      const bytes = this.#directory.read(metaPath, limits.metaFileBytesMax)
      metaDigest = metaDigestOf(bytes)
      return parseBackupMeta(bytes, backupId, metaPath)
    } catch (cause) {
      this.#problem(metaPath, 'meta', 'a readable meta file', describe(cause))
      return null
    } finally {
      this.#plan.backups.push({ backupId, metaDigest })
    }
  }

  #addFile(file: BackupMeta['files'][number]): void {
    const sizeBytes = this.#sizeOf(file.path)
    if (sizeBytes === null) return
    if (file.sizeBytes !== null && file.sizeBytes !== sizeBytes) {
      this.#problem(file.path, 'size', `${file.sizeBytes} bytes`, `${sizeBytes} bytes`)
      return
    }
    this.#files.set(file.path, { path: file.path, sizeBytes, crc32c: file.crc32c })
  }

  /** Two meta files that name different checksums for one file cannot both be right. */
  #compare(file: BackupMeta['files'][number], metaPath: string): void {
    const known = this.#files.get(file.path)
    if (known === undefined) return
    if (file.sizeBytes !== null && file.sizeBytes !== known.sizeBytes) {
      this.#problem(metaPath, 'meta', `${known.sizeBytes} bytes for ${file.path}`, `${file.sizeBytes} bytes`)
    }
    if (file.crc32c === null || known.crc32c === file.crc32c) return
    if (known.crc32c === null) known.crc32c = file.crc32c
    else this.#problem(metaPath, 'meta', `crc32c ${known.crc32c} for ${file.path}`, `crc32c ${file.crc32c}`)
  }

  #sizeOf(path: string): number | null {
    try {
      const stat = this.#directory.stat(path)
      if (stat === null) this.#problem(path, 'missing', 'a file', 'nothing')
      else if (!stat.isFile()) this.#problem(path, 'unreadable', 'a regular file', 'a link, a directory or a device')
      else return stat.size
    } catch (cause) {
      this.#problem(path, 'unreadable', 'a regular file', describe(cause))
    }
    return null
  }

  #use(path: string, backupId: number): boolean {
    const users = this.#plan.usersByPath.get(path)
    if (users === undefined) this.#plan.usersByPath.set(path, [backupId])
    else if (users.at(-1) !== backupId) users.push(backupId)
    return users === undefined
  }

  /** Concerns only the backups that left the file out: others may have it. */
  #exclude(path: string, backupId: number): void {
    const known = this.#excluded.get(path)
    if (known !== undefined) {
      known.push(backupId)
      return
    }
    const backupIds = [backupId]
    this.#excluded.set(path, backupIds)
    const problem = { expected: 'a file in this backup', found: 'left out when it was made', backupIds }
    this.#plan.problems.push({ path, kind: 'excluded', ...problem })
  }

  #problem(path: string, kind: FoundProblem['kind'], expected: string, found: string): void {
    this.#plan.problems.push({ path, kind, expected, found })
  }
}

function describe(cause: unknown): string {
  return cause instanceof DamageError
    ? describeDamage(cause.damage)
    : cause instanceof Error
      ? cause.message
      : String(cause)
}

function nothingToVerify(directory: BackupDirectory): AppError {
  return new AppError('BACKUP_NOT_FOUND', {
    message: 'there is no backup to verify in this directory',
    subject: directory.root,
    nextStep: 'Make a backup first, or open another directory.',
  })
}
