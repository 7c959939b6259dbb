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
 * The last sequence that the MANIFEST of a database states: it has given out that number, and what was flushed reaches no
 * further (docs/formats/rocksdb.md §4.5).
 * @throws AppError DATABASE_UNUSABLE, PATH_NOT_FOUND, ACCESS_DENIED, IO_FAILED, LIMIT_EXCEEDED
 */
export function manifestLastSequence(databaseDirectory: string): number {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return readOnce(databaseDirectory)
    } catch (cause) {
      if (cause instanceof DamageError) throw unusable(databaseDirectory, cause)
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

function unusable(databaseDirectory: string, cause: DamageError): AppError {
  const facts = {
    message: `the MANIFEST of the database cannot be read: ${describeDamage(cause.damage)}`,
    subject: databaseDirectory,
    unharmed: 'The archive is as it was.',
    nextStep: 'Look whether the database opens; when it was being put back, this passes.',
  }
  return new AppError('DATABASE_UNUSABLE', facts, { cause })
}
