import { closeSync } from 'node:fs'

/**
 * A file of a database that is held open: it can be read to the end whatever the engine does to its name.
 * Descriptors belong to the process: other threads may read them, the thread that captured them closes them.
 */
export type LiveFile = {
  /** as the database calls it */
  readonly name: string
  readonly descriptor: number
  /** how much of it belongs to the state */
  readonly sizeBytes: number
}

/** A file that the engine goes on writing, or may write over: what was read of it must be read once more. */
export type ProvedLiveFile = LiveFile & {
  /** plain CRC-32C of the first `sizeBytes` */
  readonly crc32c: number
}

export type CaptureWarning = {
  readonly kind: 'manual-log-flush' | 'writes-without-log' | 'options-unreadable' | 'log-directory-missing'
  /** a sentence */
  readonly message: string
}

/** One consistent state of a database that others write to: plain data, which may be sent to other threads. */
export type LiveFiles = {
  readonly databaseDirectory: string
  readonly databaseId: string | null
  readonly tables: readonly LiveFile[]
  readonly blobs: readonly LiveFile[]
  /** up to the last whole edit that counts */
  readonly manifest: ProvedLiveFile
  /** the newest; null when there is none */
  readonly options: ProvedLiveFile | null
  /** ascending, each up to its last whole record; the last one up to where the state ends */
  readonly logs: readonly ProvedLiveFile[]
  /** the first sequence that is not in the tables of every family (docs/formats/repository.md) */
  readonly firstSequence: number
  /** the last sequence of the last commit */
  readonly lastSequence: number
  /** Unix microseconds; null when the last commit does not tell its time */
  readonly lastCommitAtUs: number | null
  /** how often the database had moved on in between, so that it was begun anew */
  readonly restartCount: number
  readonly warnings: readonly CaptureWarning[]
}

/** Closes what is held. Call it once, in the thread that captured it. */
export function releaseLiveFiles(live: LiveFiles): void {
  const { tables, blobs, manifest, options, logs } = live
  for (const { descriptor } of [...tables, ...blobs, ...logs, manifest]) closeSync(descriptor)
  if (options !== null) closeSync(options.descriptor)
}
