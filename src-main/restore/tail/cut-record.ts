import {
  COMMIT_MARKER_KEY,
  commitTimeAt,
  isMarkerKey,
  startsWithMarkerKey,
} from '../../rocksdb/commits/commit-marker.ts'
import { valueType } from '../../rocksdb/value-type.ts'
import { BatchCursor, LOG_DATA } from '../../rocksdb/wal/batch-cursor.ts'

const HEADER_BYTES = 12
const TWO_POWER_32 = 0x1_0000_0000

/** A part of a record, in pieces for a LogWriter: a header of its own, and the operations as they were. */
export type RecordPart = {
  readonly pieces: readonly Uint8Array[]
  readonly firstSequence: number
  readonly count: number
}

/**
 * The whole commits behind one sequence and up to another in a record that several were merged into (docs/formats/commit-time.md).
 * Null where no commit ends at one of the two, and for batches of a transaction database, which have no such ends inside.
 * @throws DamageError
 */
export function cutRecord(
  payload: Uint8Array,
  file: string,
  bounds: { readonly afterSequence: number; readonly upToSequence: number },
): RecordPart | null {
  const cursor = new BatchCursor({ file, structure: 'write batch', offsetBytes: null })
  cursor.reset(payload, null)
  const { startSequence, count } = cursor
  const { afterSequence, upToSequence } = bounds
  let fromAt = afterSequence < startSequence ? HEADER_BYTES : null
  let toAt = upToSequence >= startSequence + count - 1 ? payload.length : null
  let markerCount = 0
  while (cursor.next()) {
    if (!cursor.isOperation && cursor.type !== LOG_DATA) return null
    if (!beginsCommit(cursor, payload)) continue
    markerCount += 1
    if (markerCount === 1) continue
    const endsBefore = cursor.sequence - 1
    if (endsBefore === afterSequence) fromAt ??= cursor.recordAt
    if (endsBefore === upToSequence) toAt = cursor.recordAt
  }
  if (fromAt === null || toAt === null) return null
  const firstSequence = Math.max(startSequence, afterSequence + 1)
  const partCount = Math.min(startSequence + count - 1, upToSequence) - firstSequence + 1
  return {
    pieces: [headerOf(firstSequence, partCount), payload.subarray(fromAt, toAt)],
    firstSequence,
    count: partCount,
  }
}

function beginsCommit(cursor: BatchCursor, payload: Uint8Array): boolean {
  const { type, keyAt, keyEnd, valueAt, valueEnd } = cursor
  if (type === LOG_DATA) {
    if (!startsWithMarkerKey(payload, keyAt, keyEnd)) return false
    return commitTimeAt(payload, keyAt + COMMIT_MARKER_KEY.length, keyEnd) !== null
  }
  return (
    type === valueType.value && isMarkerKey(payload, keyAt, keyEnd) && commitTimeAt(payload, valueAt, valueEnd) !== null
  )
}

function headerOf(sequence: number, count: number): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES)
  const view = new DataView(header.buffer)
  view.setUint32(0, sequence % TWO_POWER_32, true)
  view.setUint32(4, Math.floor(sequence / TWO_POWER_32), true)
  view.setUint32(8, count, true)
  return header
}
