import { limits } from '#base/limits.ts'
import type { StatePlace } from '../messages.ts'
import { type OpenState, stateAt } from './open-states.ts'

/** A look-up reads a block or two: so many take a few seconds. What is deleted after them has no label. */
const LOOKUPS_MAX = 100_000

/**
 * Tells the label of a row in the state before the commits in the logs of `state`: a delete says only a key. Null where
 * no codec knows the rows, or the tables hold none.
 */
export function labelsBefore(
  state: OpenState,
  place: StatePlace,
  checkpoint: () => void,
): ((columnFamilyId: number, key: Uint8Array) => string | null) | null {
  const { codec, view } = state
  if (codec === null || view.exactFromSequence === 0) return null
  const before = stateAt({ ...place, upToSequence: view.exactFromSequence }, checkpoint)
  let lookupCount = 0
  return (columnFamilyId, key) => {
    const name = state.familyName(columnFamilyId)
    if (lookupCount === LOOKUPS_MAX || !codec.recognises(name, key)) return null
    lookupCount += 1
    const { row } = before.view.get({ columnFamilyId, key, maxValueBytes: limits.wholeValueBytesMax })
    if (row?.content.kind !== 'value') return null
    return codec.labels(name, key, row.content.value.bytes)?.[0] ?? null
  }
}
