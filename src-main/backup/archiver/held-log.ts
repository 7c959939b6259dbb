import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { AppError } from '#base/app-error.ts'
import type { ByteSource } from '#base/byte-source.ts'
import { fileError } from '#base/file-error.ts'

// a link would lead out of the database, and opening a pipe would block for ever
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** A log that is held open: it can be read whatever becomes of its name. It may grow: `sizeBytes` is that of now. */
export class HeldLog implements ByteSource {
  readonly name: string
  readonly logNumber: number
  /** which file it is, whatever its name becomes */
  readonly identity: string
  readonly #descriptor: number

  /** @throws AppError PATH_NOT_FOUND, ACCESS_DENIED, IO_FAILED */
  constructor(path: string, name: string, logNumber: number) {
    this.name = name
    this.logNumber = logNumber
    try {
      this.#descriptor = openSync(path, OPEN_FLAGS)
    } catch (cause) {
      throw fileError(cause, name)
    }
    const stat = fstatSync(this.#descriptor)
    this.identity = `${stat.dev} ${stat.ino}`
    if (stat.isFile()) return
    this.close()
    throw new AppError('ACCESS_DENIED', {
      message: 'not a regular file',
      subject: name,
      unharmed: 'The database was only read.',
      nextStep: 'A database holds regular files only; look at who put this there.',
    })
  }

  get sizeBytes(): number {
    return fstatSync(this.#descriptor).size
  }

  readInto(target: Uint8Array, offsetBytes: number): number {
    let doneBytes = 0
    try {
      while (doneBytes < target.length) {
        const count = readSync(this.#descriptor, target, doneBytes, target.length - doneBytes, offsetBytes + doneBytes)
        if (count === 0) break
        doneBytes += count
      }
    } catch (cause) {
      throw fileError(cause, this.name)
    }
    return doneBytes
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

/** False for a log that was moved to the archive of the database: its tables hold what is in it. */
export function isInUse(log: { readonly name: string } | null): boolean {
  return log !== null && !log.name.startsWith('archive')
}
