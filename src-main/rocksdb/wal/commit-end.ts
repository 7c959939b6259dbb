import { COMMIT_MARKER_KEY, commitTimeAt, commitTimeOf, startsWithMarkerKey } from '../commits/commit-marker.ts'
import type { Place } from '../place.ts'
import { valueType } from '../value-type.ts'
import { decodeWriteBatch } from './write-batch.ts'

/**
 * The last sequence of the last commit in a record that ends at `upToSequence` or before; null when the first one does
 * not. Only records that several commits were merged into have such ends inside (docs/formats/commit-time.md).
 * @throws DamageError
 */
export function lastCommitEnd(
  payload: Uint8Array,
  place: Place,
  startSequence: number,
  upToSequence: number,
): number | null {
  let markerCount = 0
  let lastSequence = startSequence - 1
  let end: number | null = null
  const marker = (endBefore: number) => {
    markerCount += 1
    if (markerCount > 1 && endBefore <= upToSequence) end = endBefore
  }
  decodeWriteBatch(payload, place, {
    operation(type, _columnFamilyId, sequence, key, value) {
      if (type === valueType.value && commitTimeOf(key, value) !== null) marker(sequence - 1)
      lastSequence = sequence
    },
    logData(data) {
      if (!startsWithMarkerKey(data, 0, data.length)) return
      if (commitTimeAt(data, COMMIT_MARKER_KEY.length, data.length) !== null) marker(lastSequence)
    },
  })
  return end
}
