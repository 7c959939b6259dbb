import { closeSync, lstatSync, realpathSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { DamageError, describeDamage } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { parseDatabaseFileName } from '../../rocksdb/database-file-name.ts'
import { type DatabaseOptions, parseDatabaseOptions } from '../../rocksdb/options/database-options.ts'
import { descriptorSource, type HeldFile, holdFile } from './held-file.ts'
import type { CaptureWarning } from './live-files.ts'
import { restartOrDamage } from './restart.ts'

/** the first release that can write values to blob files before the log */
const DIRECT_WRITE_SINCE = [11, 2] as const

/** What a database's OPTIONS mean for a copy of its files (docs/formats/rocksdb.md §8.4). */
export type DatabaseSettings = {
  /** the newest OPTIONS file, held open; null when there is none */
  readonly file: HeldFile | null
  readonly logDirectory: string
  readonly allowsTwoPhaseCommit: boolean
  /** false: no engine of this release writes values to blob files before the log */
  readonly mayWriteBlobsDirectly: boolean
  readonly warnings: readonly CaptureWarning[]
}

/**
 * Reads the newest OPTIONS file; a database without one, or with one that cannot be read, has defaults.
 * @param names the listing of the directory
 * @throws AppError BAD_REQUEST for what no copy of files can hold
 */
export function readSettings(root: string, names: readonly string[]): DatabaseSettings {
  const name = newestOptions(names)
  const file = name === null ? null : holdOptions(root, name)
  try {
    return settingsOf(root, file)
  } catch (cause) {
    if (file !== null) closeSync(file.descriptor)
    throw cause
  }
}

function settingsOf(root: string, file: HeldFile | null): DatabaseSettings {
  const warnings: CaptureWarning[] = []
  const options = file === null ? null : parsed(file, warnings)
  if (options?.families.some((family) => family.enableBlobDirectWrite) === true) throw directWrite(root)
  if (options?.manualWalFlush === true) {
    const message =
      'The database flushes its log by hand (manual_wal_flush): what waits in its memory is not in this backup.'
    warnings.push({ kind: 'manual-log-flush', message })
  }
  return {
    file,
    logDirectory: logDirectoryOf(root, options?.walDirectory ?? null, warnings),
    allowsTwoPhaseCommit: options?.allowTwoPhaseCommit ?? false,
    mayWriteBlobsDirectly: isFromDirectWriteOn(options?.rocksdbVersion ?? null),
    warnings,
  }
}

/** @throws AppError BAD_REQUEST */
export function directWrite(subject: string): AppError {
  return new AppError('BAD_REQUEST', {
    message: 'the database writes values to blob files before its log, and those cannot be copied while it runs',
    subject,
    unharmed: 'The database was only read; no backup was made.',
    nextStep: 'Open the database with enable_blob_direct_write off, or stop it and back up its directory then.',
  })
}

/** An engine removes old OPTIONS files when it has written a new one. */
function holdOptions(root: string, name: string): HeldFile {
  try {
    return holdFile(join(root, name), name)
  } catch (cause) {
    if (!(cause instanceof AppError && cause.code === 'PATH_NOT_FOUND')) throw cause
    return restartOrDamage(name, 'OPTIONS', 'is gone')
  }
}

function newestOptions(names: readonly string[]): string | null {
  let newest: { name: string; fileNumber: number } | null = null
  for (const name of names) {
    const parsedName = parseDatabaseFileName(name)
    if (parsedName?.kind !== 'options' || parsedName.fileNumber === null) continue
    if (newest === null || parsedName.fileNumber > newest.fileNumber)
      newest = { name, fileNumber: parsedName.fileNumber }
  }
  return newest?.name ?? null
}

function parsed(file: HeldFile, warnings: CaptureWarning[]): DatabaseOptions | null {
  const bytes = new Uint8Array(Math.min(file.sizeBytes, limits.optionsFileBytesMax + 1))
  try {
    return parseDatabaseOptions(bytes.subarray(0, descriptorSource(file).readInto(bytes, 0)), file.name)
  } catch (error) {
    if (!(error instanceof DamageError)) throw error
    const message = `The options of the database cannot be read, so defaults were assumed (${describeDamage(error.damage)}).`
    warnings.push({ kind: 'options-unreadable', message })
    return null
  }
}

/** Where the logs lie. A database that was moved still has the place of then in its OPTIONS. */
function logDirectoryOf(root: string, walDirectory: string | null, warnings: CaptureWarning[]): string {
  if (walDirectory === null) return root
  if (!isAbsolute(walDirectory)) throw relativeLogDirectory(walDirectory)
  const stat = lstatSync(walDirectory, { throwIfNoEntry: false })
  if (stat?.isDirectory() === true) return realpathSync(walDirectory)
  const message = `The database kept its logs in ${walDirectory}, which is not a directory now; they were looked for in its own.`
  warnings.push({ kind: 'log-directory-missing', message })
  return root
}

function isFromDirectWriteOn(version: string | null): boolean {
  if (version === null) return true
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [sinceMajor, sinceMinor] = DIRECT_WRITE_SINCE
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor)
}

function relativeLogDirectory(walDirectory: string): AppError {
  return new AppError('BAD_REQUEST', {
    message: 'the database keeps its logs in a directory whose path is relative to the server, which is not known here',
    subject: walDirectory,
    unharmed: 'The database was only read; no backup was made.',
    nextStep: 'Open the database with an absolute wal_dir.',
  })
}
