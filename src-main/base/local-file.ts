import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { AppError } from './app-error.ts'
import type { ByteSource } from './byte-source.ts'
import { fileError } from './file-error.ts'

// A backup comes from anywhere: a link may lead out of it, and opening a pipe would block for ever.
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/**
 * Opens a regular file for reading; links, pipes and devices are refused.
 * @param name what messages call the file, usually its path relative to the opened directory
 * @throws AppError PATH_NOT_FOUND, ACCESS_DENIED, IO_FAILED
 */
export function openLocalFile(path: string, name: string): ByteSource {
  let descriptor: number
  try {
    descriptor = openSync(path, OPEN_FLAGS)
  } catch (cause) {
    throw fileError(cause, name)
  }
  let sizeBytes: number
  try {
    const stat = fstatSync(descriptor)
    if (!stat.isFile()) throw notRegular(name)
    sizeBytes = stat.size
  } catch (cause) {
    closeSync(descriptor)
    throw cause instanceof AppError ? cause : fileError(cause, name)
  }
  return {
    name,
    sizeBytes,
    readInto: (target, offsetBytes) => readFully(descriptor, name, target, offsetBytes),
    close: () => closeSync(descriptor),
  }
}

function readFully(descriptor: number, name: string, target: Uint8Array, offsetBytes: number): number {
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

function notRegular(name: string): AppError {
  return new AppError('ACCESS_DENIED', {
    message: 'not a regular file',
    subject: name,
    nextStep: 'A backup holds regular files only; remove the link or device, or copy the backup again.',
  })
}
