import { readSync } from 'node:fs'
import type { ControlSwitch } from '#base/abort.ts'
import { AppError } from '#base/app-error.ts'
import { removeIfThere } from '#base/durable-file.ts'
import { fileError } from '#base/file-error.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { limits } from '#base/limits.ts'
import type { RateLimiter } from '#base/rate-limiter.ts'
import { crc32c } from '../../rocksdb/crc32c.ts'
import type { LiveFile } from './live-files.ts'

/** with a rate limit, what was written is not left to one large sync at the end, which would hold the database up */
const SYNC_BYTES = 16 * 1024 * 1024

export type CopierTools = {
  readonly layer: FileLayer
  readonly control: ControlSwitch
  readonly limiter: RateLimiter
  /** how much was read */
  readonly onBytes: (bytes: number) => void
}

/** Copies files that are held open: each byte is read once, and hashed on its way. One buffer for all of them. */
export class FileCopier {
  readonly #tools: CopierTools
  readonly #buffer: Buffer

  constructor(tools: CopierTools) {
    this.#tools = tools
    this.#buffer = Buffer.allocUnsafeSlow(tools.limiter.chunkBytes(limits.readChunkBytes))
  }

  /** CRC-32C of a file. @throws AppError SOURCE_CHANGED, IO_FAILED; StoppedError */
  hash(file: LiveFile): number {
    return this.#transfer(file, null)
  }

  /**
   * Copies a file under a new name, synced; something that an earlier run left there is removed first.
   * @returns CRC-32C of what was written
   * @throws AppError SOURCE_CHANGED, DISK_FULL, IO_FAILED; StoppedError
   */
  copy(file: LiveFile, path: string): number {
    return this.#fill(path, (descriptor) => this.#transfer(file, descriptor))
  }

  /** Writes a small file, synced. @throws AppError DISK_FULL, IO_FAILED */
  write(bytes: Uint8Array, path: string): void {
    this.#fill(path, (descriptor) => this.#tools.layer.write(descriptor, bytes))
  }

  #fill<Result>(path: string, fill: (descriptor: number) => Result): Result {
    const { layer } = this.#tools
    try {
      removeIfThere(path, layer)
      const descriptor = layer.open(path, 'wx')
      try {
        const result = fill(descriptor)
        layer.sync(descriptor)
        return result
      } finally {
        layer.close(descriptor)
      }
    } catch (cause) {
      throw isSystemError(cause) ? fileError(cause, path) : cause
    }
  }

  #transfer(file: LiveFile, target: number | null): number {
    const { layer, control, limiter, onBytes } = this.#tools
    const checkpoint = () => control.checkpoint()
    let crc = 0
    let unsyncedBytes = 0
    for (let offsetBytes = 0; offsetBytes < file.sizeBytes; ) {
      checkpoint()
      const wantedBytes = Math.min(this.#buffer.byteLength, file.sizeBytes - offsetBytes)
      const count = this.#read(file, wantedBytes, offsetBytes)
      const chunk = this.#buffer.subarray(0, count)
      crc = crc32c(chunk, crc)
      if (target !== null) layer.write(target, chunk)
      offsetBytes += count
      unsyncedBytes += count
      if (target !== null && limiter.isLimited && unsyncedBytes >= SYNC_BYTES) {
        layer.sync(target)
        unsyncedBytes = 0
      }
      onBytes(count)
      limiter.take(count, checkpoint)
    }
    return crc
  }

  #read(file: LiveFile, wantedBytes: number, offsetBytes: number): number {
    let count: number
    try {
      count = readSync(file.descriptor, this.#buffer, 0, wantedBytes, offsetBytes)
    } catch (cause) {
      throw fileError(cause, file.name)
    }
    if (count === 0) throw changedWhileCopied(file.name, `it ends at byte ${offsetBytes} of ${file.sizeBytes}`)
    return count
  }
}

function isSystemError(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && !(cause instanceof AppError)
}

/** The engine cut or wrote over a file that is held: the state must be captured anew. */
export function changedWhileCopied(name: string, what: string): AppError {
  return new AppError('SOURCE_CHANGED', {
    message: `the file changed while it was copied (${what})`,
    subject: name,
    unharmed: 'The database was only read; no backup was made.',
    nextStep: 'Try again: the state is captured anew.',
  })
}
