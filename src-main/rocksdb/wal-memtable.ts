import type { ByteSource } from '#base/byte-source.ts'
import { type Damage, DamageError } from '#base/damage.ts'
import { ByteReader } from './byte-reader.ts'
import type { InternalIterator, RangeTombstone } from './internal-iterator.ts'
import { walkLog } from './log/walk-log.ts'
import { BatchReplay } from './wal/batch-replay.ts'
import { MemoryBudget } from './wal/memory-budget.ts'
import { WalRun } from './wal/wal-run.ts'
import { WalRunIterator } from './wal/wal-run-iterator.ts'

/** A write-ahead log of a file set; `logNumber` is the number in its name. */
export type WalFile = { readonly logNumber: number; open(): ByteSource }

export type LoadWalOptions = {
  /** the family's log number in the MANIFEST; null for a family it does not know: its operations are dropped */
  readonly logNumberOf: (columnFamilyId: number) => number | null
  /** the family's comparator name; absent or null means bytewise order */
  readonly comparatorOf?: (columnFamilyId: number) => string | null
  readonly maxBytes: number
  readonly checkpoint?: () => void
}

/** The unflushed data of one column family. */
export type MemoryRun = {
  readonly entryCount: number
  readonly rangeTombstones: readonly RangeTombstone[]
  iterator(): InternalIterator
}

export type LoadedWal = {
  /** by column family id; only families with data */
  readonly runs: ReadonlyMap<number, MemoryRun>
  /** sequence of the last applied operation; null when nothing was applied */
  readonly lastSequence: number | null
  /** transactions prepared but not decided: not visible */
  readonly preparedCount: number
  readonly damages: readonly Damage[]
  /** where replay stopped for good; null when every log was read to its end, or to a tear in the last one */
  readonly stop: { readonly file: string; readonly offsetBytes: number } | null
  /** logs that were not applied because replay had stopped before them */
  readonly ignoredFiles: readonly string[]
}

/**
 * Replays write-ahead logs into sorted runs in memory, with the engine's default point-in-time rule: at damage or a
 * tear replay stops, and goes on only where a later log continues with exactly the next sequence
 * (RocksDB: db/db_impl/db_impl_open.cc; docs/formats/rocksdb.md §2.6 and §9.1).
 * @param files ascending by log number
 * @throws AppError LIMIT_EXCEEDED beyond maxBytes, IO_FAILED, SOURCE_CHANGED
 */
export function loadWal(files: readonly WalFile[], options: LoadWalOptions): LoadedWal {
  return new WalLoader(options).load(files)
}

/** Ends the walk of a log that does not continue where replay stopped. */
class NotContinued extends Error {}

type Stop = { readonly file: string; readonly offsetBytes: number; readonly tear: Damage | null }

class WalLoader {
  readonly #options: LoadWalOptions
  readonly #budget: MemoryBudget
  readonly #replay: BatchReplay
  readonly #runs = new Map<number, WalRun>()
  readonly #damages: Damage[] = []
  readonly #ignoredFiles: string[] = []
  #nextSequence: number | null = null
  #stop: Stop | null = null
  /** a whole record with a bad batch: the engine refuses in every mode */
  #isRefused = false

  constructor(options: LoadWalOptions) {
    this.#options = options
    this.#budget = new MemoryBudget(options.maxBytes)
    this.#replay = new BatchReplay(this.#budget, (id, logNumber) => this.#runFor(id, logNumber))
  }

  load(files: readonly WalFile[]): LoadedWal {
    for (const file of files) this.#loadFile(file)
    const stop = this.#finalStop()
    return {
      runs: new Map([...this.#runs].map(([id, run]) => [id, memoryRun(run)])),
      lastSequence: this.#nextSequence === null ? null : this.#nextSequence - 1,
      preparedCount: this.#replay.preparedCount,
      damages: this.#damages,
      stop: stop === null ? null : { file: stop.file, offsetBytes: stop.offsetBytes },
      ignoredFiles: this.#ignoredFiles,
    }
  }

  #loadFile(file: WalFile): void {
    const source = file.open()
    try {
      if (this.#isRefused) this.#ignoredFiles.push(source.name)
      else this.#walk(file.logNumber, source)
    } catch (error) {
      if (!(error instanceof NotContinued)) throw error
      this.#ignoredFiles.push(source.name)
    } finally {
      source.close()
    }
  }

  #walk(logNumber: number, source: ByteSource): void {
    const { checkpoint } = this.#options
    const walk = walkLog(source, checkpoint === undefined ? { logNumber } : { logNumber, checkpoint }, {
      record: (payload, offsetBytes, payloadOffsetBytes) =>
        this.#applyRecord(source.name, logNumber, payload, offsetBytes, payloadOffsetBytes),
    })
    this.#damages.push(...walk.damages)
    if (walk.end === 'torn' || walk.end === 'damaged') {
      // a stop that a later log does not continue stays where it first happened
      this.#stop ??= { file: source.name, offsetBytes: walk.endOffsetBytes, tear: walk.tear }
    }
  }

  #applyRecord(
    file: string,
    logNumber: number,
    payload: Uint8Array,
    _offsetBytes: number,
    baseOffsetBytes: number | null,
  ): void {
    const where = { file, structure: 'write batch', baseOffsetBytes }
    const sequence = new ByteReader(payload, where).fixed64()
    if (this.#stop !== null) {
      if (sequence !== this.#nextSequence) throw new NotContinued()
      this.#stop = null
    }
    try {
      this.#nextSequence = this.#replay.apply(payload, where, sequence, logNumber)
    } catch (error) {
      if (error instanceof DamageError) this.#isRefused = true
      throw error
    }
  }

  /** A tear counts only when a later log could not follow it; then it is damage. */
  #finalStop(): Stop | null {
    const stop = this.#stop
    if (stop === null) return null
    if (this.#ignoredFiles.length === 0 && stop.tear !== null) return null
    if (stop.tear !== null) this.#damages.push(stop.tear)
    return stop
  }

  #runFor(columnFamilyId: number, logNumber: number): WalRun | null {
    const known = this.#runs.get(columnFamilyId)
    const familyLogNumber = this.#options.logNumberOf(columnFamilyId)
    if (familyLogNumber === null || logNumber < familyLogNumber) return null
    if (known !== undefined) return known
    const run = new WalRun(this.#budget, this.#options.comparatorOf?.(columnFamilyId) ?? null)
    this.#runs.set(columnFamilyId, run)
    return run
  }
}

function memoryRun(run: WalRun): MemoryRun {
  return { entryCount: run.size, rangeTombstones: run.rangeTombstones, iterator: () => new WalRunIterator(run) }
}
