import { DamageError } from '#base/damage.ts'
import type { DataVersion } from '#contract'
import type { KeyVersion } from '../../rocksdb/view/requests.ts'
import type { Tasks } from '../messages.ts'
import { decodedRow, shortened } from './data-row.ts'
import { type OpenState, stateAt } from './open-states.ts'

// a node with a long vector property is still decoded as a whole
const DECODED_VALUE_BYTES_MAX = 1024 * 1024

/** Which instants of a state can be seen, and what it is made of. */
export function describeState({ place }: Tasks['describe-state']['input']): Tasks['describe-state']['output'] {
  const state = stateAt(place)
  const { view } = state
  return {
    columnFamilies: view.columnFamilies.map(({ id, name, comparator, files }) => ({
      columnFamilyId: id,
      name,
      comparator: comparator ?? '',
      tableCount: files.length,
    })),
    exactFromSequence: view.exactFromSequence,
    lastSequence: view.lastSequence,
    damages: [...state.damages],
  }
}

/** One page of rows of a state, decoded where a codec knows them. */
export function dataPage(input: Tasks['data-page']['input']): Tasks['data-page']['output'] {
  const { place, valueBytesMax, ...request } = input
  const state = stateAt(place)
  const { rows, next, damages } = state.view.scan({
    ...request,
    maxValueBytes: state.codec === null ? valueBytesMax : DECODED_VALUE_BYTES_MAX,
  })
  const name = state.familyName(input.columnFamilyId)
  return {
    rows: rows.map((row) => shortened(decodedRow(state, name, row), valueBytesMax)),
    next: next === null ? null : Buffer.from(next).toString('base64'),
    damages: [...state.damages, ...damages.map(({ damage }) => damage)],
    codec: state.codec?.name ?? null,
    lastSequence: state.view.lastSequence,
  }
}

/** One row by its key, its value as long as asked for. */
export function dataValue(input: Tasks['data-value']['input']): Tasks['data-value']['output'] {
  const { place, columnFamilyId, valueBytesMax } = input
  const state = stateAt(place)
  const { row, damages } = state.view.get({
    columnFamilyId,
    key: new Uint8Array(input.key),
    maxValueBytes: valueBytesMax,
  })
  const [first] = damages
  // "there is no such row" would be a lie where a table could not be read
  if (row === null && first !== undefined) throw new DamageError(first.damage)
  if (row === null) return { row: null, isCut: false }
  const shown = decodedRow(state, state.familyName(columnFamilyId), row)
  return { row: shown, isCut: shown.valueSizeBytes > valueBytesMax }
}

/** Every version of a key that is still there. */
export function dataHistory(input: Tasks['data-history']['input']): Tasks['data-history']['output'] {
  const { place, valueBytesMax, limit, columnFamilyId } = input
  const state = stateAt(place)
  const key = new Uint8Array(input.key)
  const request = { columnFamilyId, key, limit, maxValueBytes: DECODED_VALUE_BYTES_MAX }
  const { versions, isCut, damages } = state.view.history(request)
  return {
    versions: versions.map((version) => inWords(state, columnFamilyId, key, version, valueBytesMax)),
    isCut,
    damages: damages.map(({ damage }) => damage),
  }
}

function inWords(
  state: OpenState,
  columnFamilyId: number,
  key: Uint8Array,
  { sequence, kind, file, content }: KeyVersion,
  valueBytesMax: number,
): DataVersion {
  const committedAtUs = state.commits().timeOf(sequence)
  if (content === null) return { sequence, kind, file, committedAtUs, row: null }
  const row = decodedRow(state, state.familyName(columnFamilyId), { key, sequence, content })
  return { sequence, kind, file, committedAtUs, row: shortened(row, valueBytesMax) }
}
