import type { Clock } from '#base/clock.ts'
import { type Damage, DamageError } from '#base/damage.ts'
import type { Commit } from '../../rocksdb/commits/commit.ts'
import { damageAt } from '../../rocksdb/place.ts'
import type { DirectedReader } from './known-walk.ts'
import { OpenSegment, type SegmentPlace } from './open-segment.ts'
import { ArrivalMark, startSequenceOf } from './payload.ts'

/** A jump of the sequence numbers; what lies between is in no record. */
export type Jump = { readonly afterSequence: number; readonly beforeSequence: number }

export type TakerOptions = {
  readonly place: SegmentPlace
  readonly clock: Clock
  readonly segmentBytesMax: number
  readonly directed: DirectedReader
  /** one to go on with */
  readonly segment: OpenSegment | null
  /** null: the first record may start anywhere */
  readonly nextSequence: number | null
  readonly lastCommitAtUs: number | null
  /** all of the archive was looked at for what was prepared: what is not there is nowhere */
  readonly knowsAllPrepared: boolean
  /** called before anything behind the jump is written, so that it is on the disk first */
  readonly onJump: (jump: Jump) => void
}

/** A record in the database's logs. */
export type LoggedRecord = {
  readonly payload: Uint8Array
  readonly offsetBytes: number
  readonly log: { readonly name: string } | null
  readonly timestampSizes: ReadonlyMap<number, number> | null
}

/** What became of a record. back: it starts at numbers that are archived already, and was not taken. */
export type Taken = 'taken' | 'back' | 'damaged'

/** What a transaction did that is committed now lies in an older segment: walk more of them. */
export class PreparedElsewhere extends Error {}

/**
 * Puts one record of the database's logs after the other into segments, in their order. A record is taken as it is, but for
 * the mark of arrival where a commit has no time of its own. Nothing is safe before sync().
 */
export class RecordTaker {
  nextSequence: number | null
  lastCommitAtUs: number | null
  segment: OpenSegment | null
  /** monotonic time at which the logs were last seen to hold no more; null: never */
  emptyAtUs: number | null = null
  /** of the first record that was taken since this was set to null */
  firstTakenSequence: number | null = null
  readonly damages: Damage[] = []
  readonly #options: TakerOptions
  readonly #arrival = new ArrivalMark()
  readonly #whole: Uint8Array[] = []
  #needsMark = false
  #recordOffsetBytes = 0
  #arrivedAtUs = 0
  #uncertaintyUs = 0
  /** the last record decided a transaction whose operations are not known: how many numbers it used up neither */
  #isNextUnknown = false

  constructor(options: TakerOptions) {
    this.#options = options
    this.nextSequence = options.nextSequence
    this.lastCommitAtUs = options.lastCommitAtUs
    this.segment = options.segment
    options.directed.visit = (commit) => this.#commit(commit)
  }

  /** The last record does not say how many numbers it used up. */
  get isEndUnknown(): boolean {
    return this.#isNextUnknown
  }

  /**
   * @throws PreparedElsewhere; AppError DISK_FULL, IO_FAILED, LIMIT_EXCEEDED: then the taker is of no use any more
   */
  take(record: LoggedRecord): Taken {
    const sequence = startSequenceOf(record.payload)
    if (sequence === null) return this.#damaged(record, 'too short for a batch')
    const expected = this.nextSequence
    if (expected !== null && sequence < expected) return 'back'
    if (expected !== null && sequence > expected && !this.#isNextUnknown) this.#jump(expected - 1, sequence)
    return this.#read(record, sequence)
  }

  /** Makes what was taken survive a power cut. */
  sync(): void {
    this.segment?.sync()
  }

  /** Ends the open segment, unless it holds no sequence: another one could get its name. */
  rotate(): void {
    if (this.segment === null || !this.segment.hasSequence) return
    this.segment.close()
    this.segment = null
  }

  #read(record: LoggedRecord, sequence: number): Taken {
    const { payload, timestampSizes } = record
    const { directed, clock, place, segmentBytesMax, knowsAllPrepared } = this.#options
    if ((this.segment?.sizeBytes ?? 0) >= segmentBytesMax) this.rotate()
    const segment = this.segment ?? new OpenSegment(place, sequence)
    if (timestampSizes !== null) segment.noteTimestampSizes(timestampSizes)
    this.segment = segment
    this.#recordOffsetBytes = segment.nextRecordOffsetBytes
    this.#needsMark = false
    this.#arrivedAtUs = clock.nowUs()
    this.#uncertaintyUs = this.emptyAtUs === null ? Number.MAX_SAFE_INTEGER : clock.monotonicUs() - this.emptyAtUs
    const unknownBefore = directed.reader.unknownPreparedCount
    let next: number
    try {
      directed.reader.open(payload, null)
      next = directed.reader.read(0, 0)
    } catch (error) {
      if (!(error instanceof DamageError)) throw error
      if (segment.sizeBytes === 0) this.segment = null
      return this.#damaged(record, error.damage.problem)
    }
    this.#isNextUnknown = directed.reader.unknownPreparedCount > unknownBefore
    if (this.#isNextUnknown && !knowsAllPrepared) throw new PreparedElsewhere()
    this.#append(segment, payload, next - 1)
    this.nextSequence = next
    this.firstTakenSequence ??= sequence
    return 'taken'
  }

  #append(segment: OpenSegment, payload: Uint8Array, lastSequence: number): void {
    if (this.#needsMark) {
      segment.append(this.#arrival.mark(payload, this.#arrivedAtUs, this.#uncertaintyUs), lastSequence)
      return
    }
    this.#whole[0] = payload
    segment.append(this.#whole, lastSequence)
  }

  #commit(commit: Commit): void {
    if (commit.timeKind === 'unknown') {
      this.#needsMark = true
      commit.committedAtUs = this.#arrivedAtUs
      commit.timeKind = 'arrival'
      commit.uncertaintyUs = Math.min(this.#uncertaintyUs, 0xffff_ffff)
      commit.sizeBytes += ArrivalMark.sizeBytes
    }
    this.lastCommitAtUs = commit.committedAtUs
    this.segment?.index.add(commit, this.#recordOffsetBytes)
  }

  #jump(afterSequence: number, beforeSequence: number): void {
    this.segment?.close()
    this.segment = null
    this.#options.onJump({ afterSequence, beforeSequence })
  }

  #damaged({ log, offsetBytes }: LoggedRecord, problem: string): Taken {
    this.damages.push(damageAt({ file: log?.name ?? '', structure: 'write batch', offsetBytes }, problem))
    return 'damaged'
  }
}
