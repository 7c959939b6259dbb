import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { DamageError, describeDamage } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { openLocalFile } from '#base/local-file.ts'
import { parseCurrent } from '../../rocksdb/manifest/current-file.ts'
import { readManifest } from '../../rocksdb/manifest/read-manifest.ts'

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** a running database may replace its MANIFEST between two looks */
const TRIES_MAX = 5

/** Null where the database tells none (docs/formats/rocksdb.md §1, IDENTITY). */
export function databaseIdOf(databaseDirectory: string): string | null {
  try {
    const text = readFileSync(join(databaseDirectory, 'IDENTITY'), 'latin1').slice(0, 36)
    return UUID.test(text) ? text : null
  } catch {
    return null
  }
}

/**
 * Whether the directory holds the database of that id.
 * @param databaseId null: it tells none
 * @throws AppError DATABASE_UNUSABLE when it does not tell now: as while files are put there
 */
export function isDatabase(databaseDirectory: string, databaseId: string | null): boolean {
  const found = databaseIdOf(databaseDirectory)
  if (found !== null || databaseId === null) return found === databaseId
  throw unusable(databaseDirectory, 'IDENTITY does not say which database this is')
}

/**
 * The last sequence that the MANIFEST of a database states: it has given out that number, and what was flushed reaches no
 * further (docs/formats/rocksdb.md §4.5).
 * @throws AppError DATABASE_UNUSABLE, PATH_NOT_FOUND, ACCESS_DENIED, IO_FAILED, LIMIT_EXCEEDED
 */
export function manifestLastSequence(databaseDirectory: string): number {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return readOnce(databaseDirectory)
    } catch (cause) {
      if (cause instanceof DamageError) throw unusable(databaseDirectory, describeDamage(cause.damage), cause)
      const isGone = cause instanceof AppError && cause.code === 'PATH_NOT_FOUND'
      if (!isGone || attempt === TRIES_MAX) throw cause
    }
  }
}

function readOnce(databaseDirectory: string): number {
  const name = parseCurrent(readHead(join(databaseDirectory, 'CURRENT')))
  const source = openLocalFile(join(databaseDirectory, name), name)
  try {
    const { lastSequence, damages } = readManifest(source)
    const [damage] = damages
    if (damage !== undefined) throw new DamageError(damage)
    return lastSequence
  } finally {
    source.close()
  }
}

function readHead(path: string): Uint8Array {
  const source = openLocalFile(path, 'CURRENT')
  try {
    const bytes = new Uint8Array(limits.currentFileBytesMax + 1)
    return bytes.subarray(0, source.readInto(bytes, 0))
  } finally {
    source.close()
  }
}

function unusable(databaseDirectory: string, problem: string, cause?: DamageError): AppError {
  const facts = {
    message: `the archiver cannot tell where the database stands: ${problem}`,
    subject: databaseDirectory,
    unharmed: 'The archive is as it was.',
    nextStep: 'Look whether the database opens; when it was being put back, this passes.',
  }
  return new AppError('DATABASE_UNUSABLE', facts, { cause })
}
