import { assert } from '#base/assert.ts'
import { fixed32At } from '../little-endian.ts'

/** The key of the Put, and the beginning of the LogData record, that begin a commit (docs/formats/commit-time.md). */
export const COMMIT_MARKER_KEY: Uint8Array = new TextEncoder().encode('lifeboat.commit')

const TIME_BYTES = 8
const TWO_POWER_32 = 0x1_0000_0000

/** Key and value of a marker; a LogData record holds both, one behind the other. */
export type CommitMarker = { readonly key: Uint8Array; readonly value: Uint8Array }

/** @param timeUs Unix microseconds, a safe integer that is not negative */
export function encodeCommitMarker(timeUs: number): CommitMarker {
  assert(Number.isSafeInteger(timeUs) && timeUs >= 0, 'a commit time is a safe integer')
  const value = new Uint8Array(TIME_BYTES)
  const view = new DataView(value.buffer)
  view.setUint32(0, timeUs % TWO_POWER_32, true)
  view.setUint32(4, Math.floor(timeUs / TWO_POWER_32), true)
  return { key: COMMIT_MARKER_KEY, value }
}

/** The commit time in Unix microseconds when a Put of this key and value is a marker, else null. */
export function commitTimeOf(key: Uint8Array, value: Uint8Array): number | null {
  return isMarkerKey(key, 0, key.length) ? commitTimeAt(value, 0, value.length) : null
}

/** True when `bytes[start..end)` is the key of a marker. */
export function isMarkerKey(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === COMMIT_MARKER_KEY.length && startsWithMarkerKey(bytes, start, end)
}

/** True when `bytes[start..end)` begins as the LogData of a marker does. */
export function startsWithMarkerKey(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < COMMIT_MARKER_KEY.length) return false
  for (let index = 0; index < COMMIT_MARKER_KEY.length; index += 1) {
    if (bytes[start + index] !== COMMIT_MARKER_KEY[index]) return false
  }
  return true
}

/** The time in `bytes[start..end)`; null when the length is wrong or the number is no safe integer. */
export function commitTimeAt(bytes: Uint8Array, start: number, end: number): number | null {
  if (end - start !== TIME_BYTES) return null
  const timeUs = fixed32At(bytes, start) + fixed32At(bytes, start + 4) * TWO_POWER_32
  return Number.isSafeInteger(timeUs) ? timeUs : null
}
