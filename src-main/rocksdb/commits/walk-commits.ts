import { type Damage, DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import type { LogWalkResult } from '../log/log-walk.ts'
import { walkLog } from '../log/walk-log.ts'
import { damageAt } from '../place.ts'
import { SequenceContinuity } from '../wal/continuity.ts'
import type {
  Commit,
  CommitLogEnd,
  CommitSource,
  CommitVisitor,
  CommitWalkOptions,
  CommitWalkResult,
  SequenceGap,
  TimeStepBack,
} from './commit.ts'
import { CommitReader } from './commit-reader.ts'

/**
 * Walks the commits of write-ahead logs in bounded memory, by the engine's default point-in-time rule: at damage or a
 * tear it stops, and goes on only where a later log continues with exactly the next sequence; behind a sound record
 * with a bad batch it never does (docs/formats/rocksdb.md §2.6). With `resync` it goes on everywhere.
 * @param sources ascending by log number
 * @throws AppError LIMIT_EXCEEDED, IO_FAILED, SOURCE_CHANGED; whatever the visitor or the checkpoint throws
 */
export function walkCommits(
  sources: Iterable<CommitSource>,
  options: CommitWalkOptions,
  visitor: CommitVisitor,
): CommitWalkResult {
  const walk = new CommitWalk(options, visitor)
  for (const source of sources) walk.walkLog(source)
  return walk.result()
}

/** Ends the walk of a log that does not continue where the walk stopped. */
class NotContinued extends Error {}

class CommitWalk {
  readonly #options: CommitWalkOptions
  readonly #visitor: CommitVisitor
  readonly #reader: CommitReader
  readonly #continuity: SequenceContinuity
  readonly #logs: CommitLogEnd[] = []
  readonly #damages: Damage[] = []
  readonly #gaps: SequenceGap[] = []
  #damageCount = 0
  #commitCount = 0
  #stepBackCount = 0
  #firstStepBack: TimeStepBack | null = null
  #latestUs = -1
  #isStopped = false
  #isRefused = false
  /** what the walk stopped at, while no later log has continued it */
  #tear: Damage | null = null

  constructor(options: CommitWalkOptions, visitor: CommitVisitor) {
    this.#options = options
    this.#visitor = visitor
    this.#continuity = new SequenceContinuity(options.lastSequenceBefore)
    const commit = (each: Commit): void => this.#commit(each)
    const operation = visitor.operation?.bind(visitor)
    this.#reader = new CommitReader(operation === undefined ? { commit } : { commit, operation })
  }

  walkLog({ logNumber, source }: CommitSource): void {
    const file = source.name
    if (this.#isRefused) {
      this.#ignore(logNumber, file)
      return
    }
    this.#continuity.beginLog()
    this.#reader.beginLog(logNumber, file)
    const { resync = false, recordBytesMax = limits.logicalRecordBytesMax, checkpoint } = this.#options
    const options = { logNumber, resync, recordBytesMax, checkpoint }
    try {
      const walk = walkLog(source, options, {
        record: (payload, offsetBytes, payloadOffsetBytes, endOffsetBytes) =>
          this.#record(logNumber, file, payload, offsetBytes, payloadOffsetBytes, endOffsetBytes),
      })
      this.#endLog(logNumber, file, walk)
    } catch (error) {
      if (!(error instanceof NotContinued)) throw error
      this.#ignore(logNumber, file)
    }
  }

  result(): CommitWalkResult {
    const nextSequence = this.#continuity.nextSequence
    const isTearDamage = this.#tear !== null && this.#logs.some((log) => log.end === 'ignored')
    return {
      commitCount: this.#commitCount,
      lastSequence: nextSequence === null ? null : nextSequence - 1,
      logs: this.#logs,
      // a tear counts only when a later log could not follow it
      damages: isTearDamage && this.#tear !== null ? [...this.#damages, this.#tear] : this.#damages,
      damageCount: this.#damageCount + (isTearDamage ? 1 : 0),
      gaps: this.#gaps,
      timeStepsBack: { count: this.#stepBackCount, first: this.#firstStepBack },
      preparedCount: this.#reader.prepared.count,
      unknownPreparedCount: this.#reader.unknownPreparedCount,
    }
  }

  #record(
    logNumber: number | null,
    file: string,
    payload: Uint8Array,
    offsetBytes: number,
    payloadOffsetBytes: number | null,
    endOffsetBytes: number,
  ): void {
    try {
      const sequence = this.#reader.open(payload, payloadOffsetBytes)
      if (logNumber === null && !this.#isNextOfArchive(file, offsetBytes, sequence)) return
      if (this.#isStopped) this.#goOn(sequence)
      const gap = this.#continuity.check(sequence)
      if (gap !== null) this.#gaps.push({ ...gap, logNumber, file, offsetBytes, foundSequence: sequence })
      this.#continuity.nextSequence = this.#reader.read(offsetBytes, endOffsetBytes)
      this.#continuity.hasTransactions = this.#reader.hasTransactions
    } catch (error) {
      if (error instanceof DamageError && this.#options.resync !== true) this.#isRefused = true
      throw error
    }
  }

  /** What an archive holds once more is passed over; where something is missing it ends. */
  #isNextOfArchive(file: string, offsetBytes: number, sequence: number): boolean {
    const flushed = this.#options.flushedSequence
    const expected = Math.max(this.#continuity.nextSequence ?? 0, flushed === undefined ? 0 : flushed + 1)
    if (expected === 0 || sequence === expected) return true
    if (sequence < expected) return false
    const place = { file, structure: 'write-ahead log', offsetBytes }
    this.#damages.push(damageAt(place, 'operations are missing before this log', `${expected}`, `${sequence}`))
    this.#damageCount += 1
    this.#isRefused = true
    throw new NotContinued()
  }

  #goOn(sequence: number): void {
    if (sequence !== this.#continuity.nextSequence) throw new NotContinued()
    this.#isStopped = false
    this.#tear = null
  }

  #endLog(logNumber: number | null, file: string, walk: LogWalkResult): void {
    this.#damageCount += walk.damageCount
    const room = limits.damagesKeptMax - this.#damages.length
    this.#damages.push(...walk.damages.slice(0, room))
    const { end, endOffsetBytes, tear } = walk
    this.#logs.push({ logNumber, file, end, endOffsetBytes, tear })
    if (this.#options.resync === true || (end !== 'torn' && end !== 'damaged')) return
    this.#isStopped = true
    this.#tear ??= tear
  }

  #ignore(logNumber: number | null, file: string): void {
    this.#logs.push({ logNumber, file, end: 'ignored', endOffsetBytes: 0, tear: null })
  }

  #commit(commit: Commit): void {
    this.#commitCount += 1
    const { committedAtUs } = commit
    if (committedAtUs !== null) {
      if (committedAtUs < this.#latestUs) this.#stepBack(commit, committedAtUs)
      else this.#latestUs = committedAtUs
    }
    this.#visitor.commit(commit)
  }

  #stepBack(commit: Commit, committedAtUs: number): void {
    this.#stepBackCount += 1
    const { firstSequence, file, offsetBytes } = commit
    this.#firstStepBack ??= { sequence: firstSequence, file, offsetBytes, latestUs: this.#latestUs, committedAtUs }
  }
}
