import { fsync } from 'node:fs'
import { promisify } from 'node:util'
import { fileError } from '#base/file-error.ts'
import type { FileLayer } from '#base/file-layer.ts'

/** Resolves when a file's bytes are on the disk. */
export type SyncFile = (descriptor: number) => Promise<void>

/** Beside this thread, which can go on with the next file meanwhile. */
export const syncBeside: SyncFile = promisify(fsync)

/** how many files wait for the disk at once: as many as Node has threads for it */
const PENDING_MAX = 4

/** Files that are written and wait for the disk; each is closed when it is there. */
export class PendingSyncs {
  readonly #sync: SyncFile
  readonly #layer: FileLayer
  readonly #pending = new Set<Promise<void>>()
  readonly #failures: unknown[] = []

  constructor(sync: SyncFile, layer: FileLayer) {
    this.#sync = sync
    this.#layer = layer
  }

  /** Takes over an open file. */
  add(descriptor: number, path: string): void {
    const pending = this.#finish(descriptor, path).finally(() => this.#pending.delete(pending))
    this.#pending.add(pending)
  }

  /** Waits until another file may be added. @throws AppError DISK_FULL, IO_FAILED of a file that was added before */
  async room(): Promise<void> {
    while (this.#pending.size >= PENDING_MAX) await Promise.race(this.#pending)
    this.#throwFailure()
  }

  /** Waits until all files are on the disk. @throws AppError DISK_FULL, IO_FAILED */
  async all(): Promise<void> {
    await this.settled()
    this.#throwFailure()
  }

  /** Waits until no file is open any more, whatever became of it. */
  async settled(): Promise<void> {
    await Promise.all(this.#pending)
  }

  async #finish(descriptor: number, path: string): Promise<void> {
    try {
      try {
        await this.#sync(descriptor)
      } finally {
        this.#layer.close(descriptor)
      }
    } catch (cause) {
      this.#failures.push(cause instanceof Error && 'code' in cause ? fileError(cause, path) : cause)
    }
  }

  #throwFailure(): void {
    if (this.#failures.length > 0) throw this.#failures[0]
  }
}
