import { closeSync, fsync, openSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseDatabaseFileName } from '../../rocksdb/database-file-name.ts'

/** Forces a file, or the names in a directory, to the disk. */
export type SyncFile = (descriptor: number) => Promise<void>

export const syncFileToDisk: SyncFile = promisify(fsync)

type OpenLog = { readonly logNumber: number; readonly descriptor: number }

/**
 * Forces a database's logs to the disk. The package writes without sync, so the newest logs are synced by their names. A log
 * that was in use at the last sync is synced once more after the engine has gone on to the next one: its descriptor
 * is kept until then, so that it may be renamed or removed meanwhile. A log that came and went between two syncs was
 * flushed to tables, which the engine syncs itself (docs/formats/rocksdb.md §8.2).
 */
export class LogSync {
  readonly #directory: string
  readonly #syncFile: SyncFile
  #logs: OpenLog[] = []

  constructor(directory: string, syncFile: SyncFile) {
    this.#directory = directory
    this.#syncFile = syncFile
  }

  /** When it resolves, everything written before the call is on the disk. One call at a time. */
  async sync(): Promise<void> {
    const newLogs = this.#openNewLogs()
    this.#logs.push(...newLogs)
    for (const { descriptor } of this.#logs) await this.#syncFile(descriptor)
    if (newLogs.length > 0) await this.#syncNames()
    for (const { descriptor } of this.#logs.splice(0, this.#logs.length - 1)) closeSync(descriptor)
  }

  close(): void {
    for (const { descriptor } of this.#logs.splice(0)) closeSync(descriptor)
  }

  #openNewLogs(): OpenLog[] {
    const newest = this.#logs.at(-1)?.logNumber ?? -1
    const logNumbers = readdirSync(this.#directory).flatMap((name) => {
      const file = parseDatabaseFileName(name)
      return file?.kind === 'log' && file.fileNumber !== null && file.fileNumber > newest ? [{ name, ...file }] : []
    })
    logNumbers.sort((left, right) => (left.fileNumber ?? 0) - (right.fileNumber ?? 0))
    return logNumbers.flatMap(({ name, fileNumber }) => {
      const descriptor = openOrGone(join(this.#directory, name))
      return descriptor === null || fileNumber === null ? [] : [{ logNumber: fileNumber, descriptor }]
    })
  }

  async #syncNames(): Promise<void> {
    if (process.platform === 'win32') return
    const descriptor = openSync(this.#directory, 'r')
    try {
      await this.#syncFile(descriptor)
    } finally {
      closeSync(descriptor)
    }
  }
}

/** Null when the log is gone since it was listed. Systems differ in whether a file opened for reading can be synced. */
function openOrGone(path: string): number | null {
  try {
    return openSync(path, 'r+')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null
    throw cause
  }
}
