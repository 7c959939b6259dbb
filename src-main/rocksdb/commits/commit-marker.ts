import { assert } from '#base/assert.ts'
import { fixed32At } from '../little-endian.ts'

/** The key of the Put, and the beginning of the LogData record, that begin a commit (docs/formats/commit-time.md). */
export const COMMIT_MARKER_KEY: Uint8Array = new TextEncoder().encode('lifeboat.commit')

const ARRIVAL_NAME: Uint8Array = new TextEncoder().encode('lifeboat.arrived')

const TIME_BYTES = 8
const UNCERTAINTY_BYTES = 4
const TWO_POWER_32 = 0x1_0000_0000

/** Key and value of a marker; a LogData record holds both, one behind the other. */
export type CommitMarker = { readonly key: Uint8Array; readonly value: Uint8Array }

/** @param timeUs Unix microseconds, a safe integer that is not negative */
export function encodeCommitMarker(timeUs: number): CommitMarker {
  assert(Number.isSafeInteger(timeUs) && timeUs >= 0, 'a commit time is a safe integer')
  const value = new Uint8Array(TIME_BYTES)
  setTime(value, 0, timeUs)
  return { key: COMMIT_MARKER_KEY, value }
}

/** The data of an arrival mark: its name, a time, an uncertainty. */
export const ARRIVAL_DATA_BYTES = ARRIVAL_NAME.length + TIME_BYTES + UNCERTAINTY_BYTES

/**
 * Writes the data of the LogData record that says when an archiver met a commit without a marker.
 * @param uncertaintyUs at most so long before `timeUs` the commit was made; larger than 32 bits is written as the largest
 */
export function writeArrivalMark(target: Uint8Array, at: number, timeUs: number, uncertaintyUs: number): void {
  assert(Number.isSafeInteger(timeUs) && timeUs >= 0, 'an arrival time is a safe integer')
  target.set(ARRIVAL_NAME, at)
  setTime(target, at + ARRIVAL_NAME.length, timeUs)
  setFixed32(target, at + ARRIVAL_NAME.length + TIME_BYTES, Math.min(uncertaintyUs, TWO_POWER_32 - 1))
}

/** True when `bytes[start..end)` is the data of an arrival mark. */
export function isArrivalMark(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start === ARRIVAL_DATA_BYTES && startsWith(bytes, start, ARRIVAL_NAME) && arrivalTimeAt(bytes, start) !== null
  )
}

/** The time in an arrival mark whose data starts at `start`; null when the number is no safe integer. */
export function arrivalTimeAt(bytes: Uint8Array, start: number): number | null {
  const timeAt = start + ARRIVAL_NAME.length
  return commitTimeAt(bytes, timeAt, timeAt + TIME_BYTES)
}

/** The uncertainty in µs of an arrival mark whose data starts at `start`. */
export function arrivalUncertaintyAt(bytes: Uint8Array, start: number): number {
  return fixed32At(bytes, start + ARRIVAL_NAME.length + TIME_BYTES)
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
  return end - start >= COMMIT_MARKER_KEY.length && startsWith(bytes, start, COMMIT_MARKER_KEY)
}

/** The time in `bytes[start..end)`; null when the length is wrong or the number is no safe integer. */
export function commitTimeAt(bytes: Uint8Array, start: number, end: number): number | null {
  if (end - start !== TIME_BYTES) return null
  const timeUs = fixed32At(bytes, start) + fixed32At(bytes, start + 4) * TWO_POWER_32
  return Number.isSafeInteger(timeUs) ? timeUs : null
}

function startsWith(bytes: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index += 1) {
    if (bytes[start + index] !== name[index]) return false
  }
  return true
}

function setTime(target: Uint8Array, at: number, timeUs: number): void {
  setFixed32(target, at, timeUs % TWO_POWER_32)
  setFixed32(target, at + 4, Math.floor(timeUs / TWO_POWER_32))
}

function setFixed32(target: Uint8Array, at: number, word: number): void {
  target[at] = word
  target[at + 1] = word >>> 8
  target[at + 2] = word >>> 16
  target[at + 3] = word >>> 24
}
