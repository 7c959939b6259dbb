import type { ArchiveFiles } from '../../repository/archive/archive-files.ts'
import { firstSequenceInName } from '../../repository/archive/segment-names.ts'
import { isInUse } from './held-log.ts'
import type { LogStream } from './log-stream.ts'
import { LogTail } from './log-tail.ts'
import { countOf, digestOf, isPrepare, startSequenceOf } from './payload.ts'

/** The database's history is not the one that was archived: it went on from an earlier state, or is another database. */
export type Fork = {
  /** up to here its logs and the archive hold the same; null when they have nothing in common */
  readonly lastCommonSequence: number | null
  /** where the first record that differs starts */
  readonly firstOtherSequence: number
}

/**
 * Where logs and archive part.
 * @param logs from the oldest that is there
 * @param paths of the segments, ascending
 * @param manifestSequence the last that the MANIFEST states: what a log holds that was moved away belongs to the database only
 * up to there
 * @throws AppError
 */
export function findFork(
  files: ArchiveFiles,
  paths: readonly string[],
  logs: LogStream,
  manifestSequence: number,
): Fork {
  let lastCommonSequence: number | null = null
  let archived: ArchivedRecords | null = null
  try {
    while (logs.next()) {
      const sequence = startSequenceOf(logs.payload)
      if (sequence === null || (sequence > manifestSequence && !isInUse(logs.log))) continue
      archived ??= new ArchivedRecords(files, paths, sequence)
      if (!archived.seek(sequence)) return { lastCommonSequence, firstOtherSequence: sequence }
      // the archive has a gap here
      if (archived.sequence > sequence) continue
      if (digestOf(archived.payload) !== digestOf(logs.payload)) {
        return { lastCommonSequence: lastCommonSequence === null ? null : sequence - 1, firstOtherSequence: sequence }
      }
      lastCommonSequence = sequence + (isPrepare(logs.payload) ? 0 : countOf(logs.payload)) - 1
      archived.pass()
    }
    return { lastCommonSequence, firstOtherSequence: (lastCommonSequence ?? 0) + 1 }
  } finally {
    archived?.close()
  }
}

/** The records of an archive in order. */
class ArchivedRecords {
  sequence = -1
  readonly #files: ArchiveFiles
  readonly #paths: string[]
  #tail: LogTail | null = null
  #isPresent = false

  constructor(files: ArchiveFiles, paths: readonly string[], fromSequence: number) {
    this.#files = files
    const later = paths.findIndex((path) => firstSequenceInName(path.slice(-24)) > fromSequence)
    this.#paths = paths.slice(Math.max(0, (later < 0 ? paths.length : later) - 1))
  }

  get payload(): Uint8Array {
    return this.#tail?.payload ?? new Uint8Array(0)
  }

  /** Goes to the first record that starts at a sequence or behind it; false when there is none. */
  seek(sequence: number): boolean {
    while (!this.#isPresent || this.sequence < sequence) if (!this.#next()) return false
    return true
  }

  /** Leaves the present record. */
  pass(): void {
    this.#isPresent = false
  }

  close(): void {
    this.#tail?.source.close()
    this.#tail = null
  }

  #next(): boolean {
    for (;;) {
      if (this.#tail?.next() === true) {
        this.sequence = startSequenceOf(this.#tail.payload) ?? -1
        this.#isPresent = true
        return true
      }
      this.close()
      const path = this.#paths.shift()
      if (path === undefined) return false
      this.#tail = new LogTail(this.#files.open(path), null)
    }
  }
}
