import { closeSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { parseDatabaseFileName } from '../../rocksdb/database-file-name.ts'
import { type HeldFile, holdFile, isStillAt, openError, statHeld } from './held-file.ts'

export type HeldLog = HeldFile & {
  readonly logNumber: number
  /** how much of it counts: its size at one moment */
  readonly countedBytes: number
}

/**
 * The write-ahead logs of a database, held open from before its MANIFEST is read: an engine removes a log only after the
 * edit that makes it needless (docs/formats/rocksdb.md §8.2).
 */
export class HeldLogs {
  readonly #directory: string
  readonly #logs = new Map<number, HeldFile>()

  constructor(directory: string) {
    this.#directory = directory
  }

  /** The highest number that is held; null when there is none. */
  get newestNumber(): number | null {
    return this.#logs.size === 0 ? null : Math.max(...this.#logs.keys())
  }

  /** Lists the logs and opens those that are not held yet. @throws AppError */
  holdAll(onListed: () => void): void {
    const names = this.#names()
    onListed()
    for (const name of names) {
      const logNumber = parseDatabaseFileName(name)?.fileNumber
      if (typeof logNumber === 'number' && !this.#logs.has(logNumber)) this.#hold(name, logNumber)
    }
  }

  /**
   * All that are held, ascending, each with its size now. The newest is measured first: whatever it holds then
   * was written after the older ones were complete.
   */
  measured(): HeldLog[] {
    const numbers = [...this.#logs.keys()].sort((left, right) => right - left)
    const logs = numbers.flatMap((logNumber) => {
      const file = this.#logs.get(logNumber)
      return file === undefined ? [] : [{ ...file, logNumber, countedBytes: statHeld(file).sizeBytes }]
    })
    return logs.reverse()
  }

  /** False when the engine may have written a log over: it gave the file another name, which is not that of the archive. */
  isUntouched(log: HeldFile): boolean {
    if (isStillAt(join(this.#directory, log.name), log) || statHeld(log).linkCount === 0) return true
    return isStillAt(this.#archived(log.name), log)
  }

  /** Closes the logs that are not in `kept`. */
  release(kept: ReadonlySet<string>): void {
    for (const [logNumber, log] of this.#logs) {
      if (kept.has(log.name)) continue
      this.#logs.delete(logNumber)
      closeSync(log.descriptor)
    }
  }

  #hold(name: string, logNumber: number): void {
    for (const path of [join(this.#directory, name), this.#archived(name)]) {
      try {
        this.#logs.set(logNumber, holdFile(path, name))
        return
      } catch (cause) {
        // renamed into the archive since the listing, or gone: then the MANIFEST that is read next does not need it
        if (!(cause instanceof AppError && cause.code === 'PATH_NOT_FOUND')) throw cause
      }
    }
  }

  #archived(name: string): string {
    return join(this.#directory, 'archive', name)
  }

  #names(): string[] {
    try {
      return readdirSync(this.#directory).filter((name) => parseDatabaseFileName(name)?.kind === 'log')
    } catch (cause) {
      throw openError(cause, this.#directory)
    }
  }
}
