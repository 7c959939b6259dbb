import { createHash } from 'node:crypto'
import { ARRIVAL_DATA_BYTES, isArrivalMark, writeArrivalMark } from '../../rocksdb/commits/commit-marker.ts'
import { fixed32At } from '../../rocksdb/little-endian.ts'
import { LOG_DATA, markerType } from '../../rocksdb/wal/batch-cursor.ts'

const BATCH_HEADER_BYTES = 12
const COUNT_AT = 8
const TWO_POWER_32 = 0x1_0000_0000
/** tag, length, data */
const MARK_BYTES = 2 + ARRIVAL_DATA_BYTES

/** The sequence a batch starts with; null for what is too short to be a batch. */
export function startSequenceOf(payload: Uint8Array): number | null {
  if (payload.length < BATCH_HEADER_BYTES) return null
  const sequence = fixed32At(payload, 0) + fixed32At(payload, 4) * TWO_POWER_32
  return Number.isSafeInteger(sequence) ? sequence : null
}

/** Operations in a batch, by its header. */
export function countOf(payload: Uint8Array): number {
  return payload.length < BATCH_HEADER_BYTES ? 0 : fixed32At(payload, COUNT_AT)
}

/** True when the operations of a batch use up numbers at a later commit. */
export function isPrepare(payload: Uint8Array): boolean {
  return payload[BATCH_HEADER_BYTES] === markerType.beginPrepare
}

/** Gives a batch the record that says when it arrived. */
export class ArrivalMark {
  /** how much longer it makes a batch */
  static readonly sizeBytes = MARK_BYTES
  readonly #record = Uint8Array.of(LOG_DATA, ARRIVAL_DATA_BYTES, ...new Uint8Array(ARRIVAL_DATA_BYTES))
  readonly #pieces: Uint8Array[] = []

  /** The batch in pieces, with the mark among them; the same memory each time. */
  mark(payload: Uint8Array, timeUs: number, uncertaintyUs: number): readonly Uint8Array[] {
    const at = markPlace(payload)
    writeArrivalMark(this.#record, 2, timeUs, uncertaintyUs)
    this.#pieces[0] = payload.subarray(0, at)
    this.#pieces[1] = this.#record
    this.#pieces[2] = payload.subarray(at)
    return this.#pieces
  }
}

/** Tells batches apart whether or not they carry an arrival mark. */
export function digestOf(payload: Uint8Array): string {
  const at = markPlace(payload)
  let end = at
  while (payload[end] === LOG_DATA && payload[end + 1] === ARRIVAL_DATA_BYTES) {
    if (!isArrivalMark(payload, end + 2, Math.min(end + MARK_BYTES, payload.length))) break
    end += MARK_BYTES
  }
  return createHash('sha256').update(payload.subarray(0, at)).update(payload.subarray(end)).digest('hex')
}

/** Behind a leading Noop: one that something stands before would end a sub-batch, and use up a number. */
function markPlace(payload: Uint8Array): number {
  return payload[BATCH_HEADER_BYTES] === markerType.noop ? BATCH_HEADER_BYTES + 1 : BATCH_HEADER_BYTES
}
