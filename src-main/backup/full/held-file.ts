import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs'
import { AppError } from '#base/app-error.ts'
import type { ByteSource } from '#base/byte-source.ts'
import { fileError } from '#base/file-error.ts'

// a link would lead out of the database, and opening a pipe would block for ever
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** A regular file that is held open. */
export type HeldFile = {
  readonly name: string
  readonly descriptor: number
  /** when it was opened */
  readonly sizeBytes: number
  /** which file it is, whatever its name becomes */
  readonly identity: string
}

/**
 * Opens a regular file and keeps it open; links, pipes and devices are refused.
 * @throws AppError PATH_NOT_FOUND, ACCESS_DENIED, LIMIT_EXCEEDED when no more files may be open, IO_FAILED
 */
export function holdFile(path: string, name: string): HeldFile {
  let descriptor: number
  try {
    descriptor = openSync(path, OPEN_FLAGS)
  } catch (cause) {
    throw openError(cause, name)
  }
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) throw notRegular(name)
    return { name, descriptor, sizeBytes: stat.size, identity: `${stat.dev} ${stat.ino}` }
  } catch (cause) {
    closeSync(descriptor)
    throw cause instanceof AppError ? cause : fileError(cause, name)
  }
}

/** Whether a path is this very file, under this name. */
export function isStillAt(path: string, file: HeldFile): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false })
  return stat !== undefined && `${stat.dev} ${stat.ino}` === file.identity
}

/** Its size now, and in how many places it has a name. */
export function statHeld(file: HeldFile): { sizeBytes: number; linkCount: number } {
  try {
    const stat = fstatSync(file.descriptor)
    return { sizeBytes: stat.size, linkCount: stat.nlink }
  } catch (cause) {
    throw fileError(cause, file.name)
  }
}

/** Reads of a descriptor that somebody else closes. */
export function descriptorSource(file: { name: string; descriptor: number; sizeBytes: number }): ByteSource {
  const { name, descriptor, sizeBytes } = file
  return { name, sizeBytes, readInto: (target, offset) => readHeld(descriptor, name, target, offset), close: () => {} }
}

function readHeld(descriptor: number, name: string, target: Uint8Array, offsetBytes: number): number {
  let doneBytes = 0
  try {
    while (doneBytes < target.byteLength) {
      const count = readSync(descriptor, target, doneBytes, target.byteLength - doneBytes, offsetBytes + doneBytes)
      if (count === 0) break
      doneBytes += count
    }
  } catch (cause) {
    throw fileError(cause, name)
  }
  return doneBytes
}

/** Why a file or a directory could not be opened. */
export function openError(cause: unknown, name: string): AppError {
  return isTooMany(cause) ? tooManyOpen(name, cause) : fileError(cause, name)
}

function isTooMany(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'EMFILE' || cause.code === 'ENFILE')
}

function tooManyOpen(name: string, cause: unknown): AppError {
  return new AppError(
    'LIMIT_EXCEEDED',
    {
      message: 'this process may not hold more files open, and a backup holds every file of the database open',
      subject: name,
      unharmed: 'The database was only read; no backup was made.',
      nextStep:
        'Raise the limit (ulimit -n, or LimitNOFILE= of the service) above the number of tables, then try again.',
    },
    { cause },
  )
}

function notRegular(name: string): AppError {
  return new AppError('ACCESS_DENIED', {
    message: 'not a regular file',
    subject: name,
    unharmed: 'The database was only read; no backup was made.',
    nextStep: 'A database holds regular files only; look at who put this there.',
  })
}
