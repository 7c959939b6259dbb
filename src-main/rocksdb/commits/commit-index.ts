import type { Damage } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { MemoryBudget } from '../memory-budget.ts'
import type { WalFile } from '../wal/wal-file.ts'
import type { Commit, CommitSource } from './commit.ts'
import { walkCommits } from './walk-commits.ts'

const FIRST_CAPACITY = 256
/** three doubles, five words */
const COMMIT_BYTES = 3 * 8 + 5 * 4

export type CommitIndexOptions = {
  readonly upToSequence: number | null
  /** as for walkCommits */
  readonly flushedSequence: number
}

/** What is known of one commit. */
export type IndexedCommit = {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly committedAtUs: number | null
  readonly putCount: number
  readonly deleteCount: number
  readonly rangeDeleteCount: number
  readonly mergeCount: number
  readonly sizeBytes: number
}

/** The commits of some logs in the order of their sequences, as columns: a million of them take 44 MB. */
export class CommitIndex {
  damages: readonly Damage[] = []
  /** commits with a time before that of an earlier one */
  backwardTimeCount = 0
  hasTimes = false
  readonly #budget = new MemoryBudget(limits.commitIndexBytesMax, {
    what: 'the commits in the write-ahead logs',
    nextStep: 'Make backups after a flush, so that their logs are short.',
  })
  #count = 0
  #first = new Float64Array(FIRST_CAPACITY)
  #last = new Float64Array(FIRST_CAPACITY)
  /** NaN where not known */
  #times = new Float64Array(FIRST_CAPACITY)
  #puts = new Uint32Array(FIRST_CAPACITY)
  #deletes = new Uint32Array(FIRST_CAPACITY)
  #rangeDeletes = new Uint32Array(FIRST_CAPACITY)
  #merges = new Uint32Array(FIRST_CAPACITY)
  #sizes = new Uint32Array(FIRST_CAPACITY)

  get count(): number {
    return this.#count
  }

  at(index: number): IndexedCommit {
    const timeUs = this.#times[index] ?? Number.NaN
    return {
      firstSequence: this.#first[index] ?? 0,
      lastSequence: this.#last[index] ?? 0,
      committedAtUs: Number.isNaN(timeUs) ? null : timeUs,
      putCount: this.#puts[index] ?? 0,
      deleteCount: this.#deletes[index] ?? 0,
      rangeDeleteCount: this.#rangeDeletes[index] ?? 0,
      mergeCount: this.#merges[index] ?? 0,
      sizeBytes: this.#sizes[index] ?? 0,
    }
  }

  /** How many commits start before a sequence. */
  countBefore(sequence: number): number {
    let low = 0
    let high = this.#count
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#first[middle] as number) < sequence) low = middle + 1
      else high = middle
    }
    return low
  }

  /** When the commit with this sequence was made; null when it is not in these logs or has no time. */
  timeOf(sequence: number): number | null {
    const commit = this.at(this.countBefore(sequence + 1) - 1)
    return sequence >= commit.firstSequence && sequence <= commit.lastSequence ? commit.committedAtUs : null
  }

  /**
   * How many commits come up to a time: the first one after it ends them, whatever the clock said later. Commits without
   * a time belong to the one before; 0 when no time up to it is known.
   */
  countUpToTime(timeUs: number): number {
    let isKnown = false
    for (let index = 0; index < this.#count; index += 1) {
      const committedAtUs = this.#times[index] as number
      if (committedAtUs > timeUs) return isKnown ? index : 0
      if (!Number.isNaN(committedAtUs)) isKnown = true
    }
    return isKnown ? this.#count : 0
  }

  /** Of the first commit that has a time; null without any. */
  firstTimeUs(): number | null {
    for (let index = 0; index < this.#count; index += 1) {
      const { committedAtUs } = this.at(index)
      if (committedAtUs !== null) return committedAtUs
    }
    return null
  }

  /** @throws AppError LIMIT_EXCEEDED */
  add(commit: Commit): void {
    if (this.#count === this.#first.length) this.#grow()
    const index = this.#count
    this.#first[index] = commit.firstSequence
    this.#last[index] = commit.lastSequence
    this.#times[index] = commit.committedAtUs ?? Number.NaN
    if (commit.committedAtUs !== null) this.hasTimes = true
    this.#sizes[index] = Math.min(commit.sizeBytes, 0xffff_ffff)
    for (const family of commit.families) {
      this.#puts[index] = (this.#puts[index] as number) + family.puts
      this.#deletes[index] = (this.#deletes[index] as number) + family.deletes
      this.#rangeDeletes[index] = (this.#rangeDeletes[index] as number) + family.rangeDeletes
      this.#merges[index] = (this.#merges[index] as number) + family.merges
    }
    this.#count += 1
  }

  #grow(): void {
    const capacity = this.#first.length * 2
    this.#budget.take(this.#first.length * COMMIT_BYTES)
    this.#first = grown(this.#first, new Float64Array(capacity))
    this.#last = grown(this.#last, new Float64Array(capacity))
    this.#times = grown(this.#times, new Float64Array(capacity))
    this.#puts = grown(this.#puts, new Uint32Array(capacity))
    this.#deletes = grown(this.#deletes, new Uint32Array(capacity))
    this.#rangeDeletes = grown(this.#rangeDeletes, new Uint32Array(capacity))
    this.#merges = grown(this.#merges, new Uint32Array(capacity))
    this.#sizes = grown(this.#sizes, new Uint32Array(capacity))
  }
}

/**
 * Indexes the commits of logs, by the rules of walkCommits.
 * @param files ascending
 * @throws AppError LIMIT_EXCEEDED, IO_FAILED
 */
export function indexCommits(files: readonly WalFile[], options: CommitIndexOptions): CommitIndex {
  const index = new CommitIndex()
  const upToSequence = options.upToSequence ?? Number.MAX_SAFE_INTEGER
  const walk = walkCommits(
    openedInTurn(files),
    { lastSequenceBefore: null, flushedSequence: options.flushedSequence },
    {
      commit(commit) {
        if (commit.lastSequence <= upToSequence) index.add(commit)
      },
    },
  )
  index.damages = walk.damages
  index.backwardTimeCount = walk.timeStepsBack.count
  return index
}

/** Logs for walkCommits, each open while it is walked. */
export function* openedInTurn(files: readonly WalFile[]): Generator<CommitSource> {
  for (const file of files) {
    const source = file.open()
    try {
      yield { logNumber: file.logNumber, source }
    } finally {
      source.close()
    }
  }
}

function grown<Column extends Uint32Array | Float64Array>(column: Column, larger: Column): Column {
  larger.set(column)
  return larger
}
