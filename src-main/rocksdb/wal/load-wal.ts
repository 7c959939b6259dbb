import { AppError } from '#base/app-error.ts'
import type { ByteSource } from '#base/byte-source.ts'
import { type Damage, DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { formatFileNumber } from '../database-file-name.ts'
import type { RangeTombstone } from '../internal-iterator.ts'
import type { LogWalkResult } from '../log/log-walk.ts'
import { walkLog } from '../log/walk-log.ts'
import type { TrackedLog } from '../manifest/manifest-state.ts'
import { MemoryBudget } from '../memory-budget.ts'
import { damageAt } from '../place.ts'
import { BatchReplay, type KeyFilter } from './batch-replay.ts'
import { lastCommitEnd } from './commit-end.ts'
import { SequenceContinuity } from './continuity.ts'
import { LogValues } from './log-values.ts'
import { RecordPlace } from './record-place.ts'
import type { WalRecoveryMode } from './recovery-mode.ts'
import type { WalFile } from './wal-file.ts'
import { WalRun } from './wal-run.ts'
import { WalRunIterator } from './wal-run-iterator.ts'

/** Compressed logs may unpack to so many times the memory limit: most of it could be for families without need. */
const UNPACKED_PER_MEMORY = 8

export type LoadWalOptions = {
  /** the family's log number in the MANIFEST; null for a family it does not know: its operations are dropped */
  readonly logNumberOf: (columnFamilyId: number) => number | null
  /** the family's comparator name; absent or null means bytewise order */
  readonly comparatorOf?: (columnFamilyId: number) => string | null
  /** last sequence of the MANIFEST: what comes up to it may lie in tables */
  readonly flushedSequence: number
  /**
   * The first log is the oldest that the MANIFEST still needs, so nothing can be missing before it. A jump of sequences
   * there means nothing: a flush does not count deletions that it dropped together with what they deleted.
   */
  readonly hasFirstLog?: boolean
  /**
   * The largest log number of a family with tables: where replay stops for good before that log, families no longer fit
   * together, and the engine refuses to open. Absent: not known.
   */
  readonly newestFlushedLog?: number
  /** logs that must be there */
  readonly trackedLogs: readonly TrackedLog[]
  /** point-in-time, the engine's default, when left out */
  readonly recoveryMode?: WalRecoveryMode | undefined
  /** of memory */
  readonly maxBytes: number
  /** bytes of values that are kept in memory; others are read from the logs when they are asked for */
  readonly keptValueBytesMax?: number | undefined
  /** the state at an instant: commits behind this sequence are not applied; absent or null for all of them */
  readonly upToSequence?: number | null
  /**
   * What was archived behind these logs, in order and in whole commits. What tables and logs hold already is passed
   * over, every family takes part, and a gap ends it.
   */
  readonly archive?: readonly WalFile[]
  /** only operations on these keys, and all range deletions; absent: all */
  readonly accepts?: KeyFilter | undefined
  /** called once a block of a log: may throw to stop */
  readonly checkpoint?: (() => void) | undefined
}

/** The unflushed data of one column family. */
export type MemoryRun = {
  readonly entryCount: number
  readonly rangeTombstones: readonly RangeTombstone[]
  iterator(): WalRunIterator
}

export type LoadedWal = {
  /** by column family id; only families with data */
  readonly runs: ReadonlyMap<number, MemoryRun>
  /** sequence of the last applied operation; null when nothing was applied */
  readonly lastSequence: number | null
  /** transactions prepared but not decided: not visible */
  readonly preparedCount: number
  /** there are batches of a transaction database, where a later commit may show an earlier sequence */
  readonly hasTransactions: boolean
  readonly damages: readonly Damage[]
  /** where replay stopped for good; null when every log was read to its end, or to a tear in the last one */
  readonly stop: { readonly file: string; readonly offsetBytes: number } | null
  /** logs that were not applied because replay had stopped before them */
  readonly ignoredFiles: readonly string[]
  /** an engine of this recovery mode would not open the database */
  readonly isRefused: boolean
  /** Closes the logs, which values are read from. */
  close(): void
}

/**
 * Replays write-ahead logs into sorted runs in memory, as an engine of the recovery mode would; where it would refuse to
 * open, what came before is shown (RocksDB: db/db_impl/db_impl_open.cc; docs/formats/rocksdb.md §2.6 and §9.1).
 * @param files ascending by log number
 * @throws AppError LIMIT_EXCEEDED beyond maxBytes, IO_FAILED, SOURCE_CHANGED
 */
export function loadWal(files: readonly WalFile[], options: LoadWalOptions): LoadedWal {
  return new WalLoader(options).load(files)
}

/** Ends the walk of a log that does not continue where replay stopped. */
class NotContinued extends Error {}

/** Ends everything: the next commit lies behind the instant that was asked for. */
class CutReached extends Error {}

/** The log number of what is archived: no family has flushed it. */
const ARCHIVED = Number.MAX_SAFE_INTEGER

type Stop = {
  readonly file: string
  readonly logNumber: number
  readonly offsetBytes: number
  readonly tear: Damage | null
}

class WalLoader {
  readonly #options: LoadWalOptions
  readonly #budget: MemoryBudget
  readonly #replay: BatchReplay
  readonly #runs = new Map<number, WalRun>()
  readonly #damages: Damage[] = []
  readonly #ignoredFiles: string[] = []
  readonly #values: LogValues
  readonly #record = new RecordPlace()
  readonly #continuity: SequenceContinuity
  readonly #upToSequence: number
  #stop: Stop | null = null
  #unpackedBytes = 0
  readonly #mode: WalRecoveryMode
  /** nothing more is applied: a whole record with a bad batch is refused in every mode */
  #isRefused = false

  constructor(options: LoadWalOptions) {
    this.#options = options
    this.#mode = options.recoveryMode ?? 'point-in-time'
    this.#upToSequence = options.upToSequence ?? Number.MAX_SAFE_INTEGER
    this.#values = new LogValues(options.keptValueBytesMax ?? limits.viewWalValuesKeptBytesMax)
    this.#continuity = new SequenceContinuity(options.hasFirstLog === true ? null : options.flushedSequence)
    this.#budget = new MemoryBudget(options.maxBytes, {
      what: 'the unflushed operations of the write-ahead logs',
      nextStep: 'Restore the backup and open it with RocksDB, or make a backup after a flush.',
    })
    const findRun = (id: number, logNumber: number) => this.#runFor(id, logNumber)
    this.#replay = new BatchReplay(this.#budget, this.#record, findRun, options.accepts)
  }

  load(files: readonly WalFile[]): LoadedWal {
    this.#reportMissing(files)
    try {
      for (const file of files) this.#loadFile(file)
      for (const file of this.#options.archive ?? []) this.#loadFile(file)
    } catch (error) {
      this.#values.close()
      if (!(error instanceof CutReached)) throw error
    }
    const stop = this.#finalStop()
    const { nextSequence } = this.#continuity
    return {
      runs: new Map([...this.#runs].map(([id, run]) => [id, memoryRun(run)])),
      lastSequence: nextSequence === null ? null : nextSequence - 1,
      preparedCount: this.#replay.preparedCount,
      hasTransactions: this.#replay.hasTransactions,
      damages: this.#damages,
      stop: stop === null ? null : { file: stop.file, offsetBytes: stop.offsetBytes },
      ignoredFiles: this.#ignoredFiles,
      isRefused: this.#isRefused,
      close: () => this.#values.close(),
    }
  }

  #reportMissing(files: readonly WalFile[]): void {
    const present = new Set(files.map((file) => file.logNumber))
    for (const { logNumber } of this.#options.trackedLogs) {
      if (present.has(logNumber)) continue
      this.#report(`${formatFileNumber(logNumber)}.log`, null, 'the MANIFEST needs this log, and it is not there')
    }
  }

  #loadFile(file: WalFile): void {
    const source = file.open()
    try {
      this.#compareSize(file.logNumber, source)
      if (this.#isRefused) this.#ignoredFiles.push(source.name)
      else this.#walk(file, source)
    } catch (error) {
      if (!(error instanceof NotContinued)) throw error
      this.#ignoredFiles.push(source.name)
    } finally {
      source.close()
    }
  }

  #compareSize(logNumber: number | null, source: ByteSource): void {
    const expected = this.#options.trackedLogs.find((tracked) => tracked.logNumber === logNumber)?.syncedSizeBytes ?? 0
    if (source.sizeBytes >= expected) return
    const found = `${source.sizeBytes} bytes`
    this.#report(source.name, source.sizeBytes, 'shorter than the MANIFEST says', `${expected} bytes`, found)
  }

  #walk(file: WalFile, source: ByteSource): void {
    const { logNumber } = file
    const fileIndex = this.#values.add(file, source.name)
    let isLogCompressed = false
    this.#continuity.beginLog()
    this.#replay.beginLog(logNumber ?? ARCHIVED, source.name)
    const recordBytesMax = Math.min(limits.logicalRecordBytesMax, this.#options.maxBytes)
    const resync = this.#mode === 'skip-any-corrupted-records'
    const options = { logNumber, recordBytesMax, resync, checkpoint: this.#options.checkpoint }
    const walk = walkLog(source, options, {
      record: (payload, offsetBytes, payloadOffsetBytes) => {
        if (this.#isRefused) throw new NotContinued()
        if (isLogCompressed) this.#countUnpacked(payload.length)
        const sequence = this.#replay.open(payload, payloadOffsetBytes)
        if (logNumber === null && sequence < this.#expectedSequence) return
        this.#checkContinuity(source.name, offsetBytes, sequence)
        if (logNumber === null && sequence > this.#expectedSequence) throw new NotContinued()
        this.#record.enter(fileIndex, offsetBytes, payload.length, payloadOffsetBytes)
        this.#apply(payload, source.name, sequence)
      },
      compression(isCompressed) {
        isLogCompressed = isCompressed
      },
    })
    this.#damages.push(...walk.damages)
    this.#endLog(source.name, logNumber ?? ARCHIVED, walk)
  }

  #endLog(file: string, logNumber: number, { end, endOffsetBytes, tear }: LogWalkResult): void {
    if (end !== 'torn' && end !== 'damaged') return
    switch (this.#mode) {
      case 'point-in-time':
        // a stop that a later log does not continue stays where it first happened
        this.#stop ??= { file, logNumber, offsetBytes: endOffsetBytes, tear }
        return
      case 'tolerate-corrupted-tail-records':
        if (end === 'damaged') this.#refuse(file, logNumber, endOffsetBytes)
        return
      case 'absolute-consistency':
        if (tear !== null) this.#damages.push(tear)
        this.#refuse(file, logNumber, endOffsetBytes)
        return
      case 'skip-any-corrupted-records':
    }
  }

  #refuse(file: string, logNumber: number, offsetBytes: number): void {
    this.#isRefused = true
    this.#stop = { file, logNumber, offsetBytes, tear: null }
  }

  /** What does not continue is reported, and replayed all the same: the engine would do so as well. */
  #checkContinuity(file: string, offsetBytes: number, sequence: number): void {
    if (this.#stop !== null) {
      if (sequence !== this.#continuity.nextSequence) throw new NotContinued()
      this.#stop = null
    }
    const broken = this.#continuity.check(sequence)
    if (broken === null) return
    const problem = broken.kind === 'back' ? 'sequence numbers go back' : 'operations are missing before this log'
    this.#report(file, offsetBytes, problem, `${broken.expectedSequence}`, `${sequence}`)
  }

  get #expectedSequence(): number {
    return Math.max(this.#continuity.nextSequence ?? 0, this.#options.flushedSequence + 1)
  }

  #apply(payload: Uint8Array, file: string, sequence: number): void {
    let next: number
    try {
      next = this.#replay.apply()
    } catch (error) {
      if (error instanceof DamageError) this.#isRefused = true
      throw error
    }
    // what only prepares a transaction consumes no sequence and shows nothing
    if (next - 1 > this.#upToSequence && next > sequence) this.#cut(payload, file, sequence)
    this.#continuity.nextSequence = next
    this.#continuity.hasTransactions = this.#replay.hasTransactions
  }

  /** Leaves the record out, or all of it that is behind the instant. */
  #cut(payload: Uint8Array, file: string, sequence: number): never {
    this.#replay.takeBack()
    const place = { file, structure: 'write batch', offsetBytes: null }
    const end = this.#replay.hasTransactions ? null : lastCommitEnd(payload, place, sequence, this.#upToSequence)
    if (end !== null) {
      this.#replay.open(payload, null)
      this.#replay.apply(end)
      this.#continuity.nextSequence = end + 1
    }
    throw new CutReached()
  }

  /** What unpacks to nothing that stays is not in the memory budget. */
  #countUnpacked(bytes: number): void {
    const unpackedBytesMax = UNPACKED_PER_MEMORY * this.#options.maxBytes
    this.#unpackedBytes += bytes
    if (this.#unpackedBytes <= unpackedBytesMax) return
    throw new AppError('LIMIT_EXCEEDED', {
      message: `the write-ahead logs unpack to more than ${unpackedBytesMax} bytes`,
      unharmed: 'Nothing was changed.',
      nextStep: 'Restore the backup and open it with RocksDB, or make a backup after a flush.',
    })
  }

  #report(file: string, offsetBytes: number | null, problem: string, expected?: string, found?: string): void {
    this.#damages.push(damageAt({ file, structure: 'write-ahead log', offsetBytes }, problem, expected, found))
  }

  /** A tear counts only when a later log could not follow it; then it is damage. */
  #finalStop(): Stop | null {
    const stop = this.#stop
    if (stop === null) return null
    const isBehindFlush = stop.logNumber < (this.#options.newestFlushedLog ?? 0)
    if (this.#ignoredFiles.length === 0 && stop.tear !== null && !isBehindFlush) return null
    if (stop.tear !== null) this.#damages.push(stop.tear)
    if (isBehindFlush) {
      this.#isRefused = true
      this.#report(stop.file, stop.offsetBytes, 'the logs end here, and a column family was flushed later than that')
    }
    return stop
  }

  #runFor(columnFamilyId: number, logNumber: number): WalRun | null {
    const known = this.#runs.get(columnFamilyId)
    const familyLogNumber = this.#options.logNumberOf(columnFamilyId)
    if (familyLogNumber === null || logNumber < familyLogNumber) return null
    if (known !== undefined) return known
    const run = new WalRun(this.#budget, this.#values, this.#options.comparatorOf?.(columnFamilyId) ?? null)
    this.#runs.set(columnFamilyId, run)
    return run
  }
}

function memoryRun(run: WalRun): MemoryRun {
  return { entryCount: run.size, rangeTombstones: run.rangeTombstones, iterator: () => new WalRunIterator(run) }
}
