import type { View } from '../rocksdb/view/view.ts'
import { type RowCodec, samyamaCodec } from '../samyama/codec.ts'
import { chooseGeneration } from '../samyama/generation.ts'

/** a family of these names in another order is not Samyama's, and may not be listable at all */
const SAMYAMA_COMPARATOR = 'leveldb.BytewiseComparator'
const SAMPLE_ROWS = 50
const SAMPLE_VALUE_BYTES = 64 * 1024

/** Samyama's codec, where the first nodes and edges read like Samyama's. */
export function codecOf(view: View, nowMs: number): RowCodec | null {
  const samples = view.columnFamilies
    .filter(({ name, comparator }) => (name === 'nodes' || name === 'edges') && comparator === SAMYAMA_COMPARATOR)
    .flatMap((family) => firstRows(view, family.id))
  if (samples.length === 0) return null
  const { generation } = chooseGeneration(samples, nowMs)
  return generation === 'none' ? null : samyamaCodec(generation)
}

function firstRows(view: View, columnFamilyId: number): { key: Uint8Array; value: Uint8Array }[] {
  const { rows } = view.scan({
    columnFamilyId,
    after: null,
    from: null,
    limit: SAMPLE_ROWS,
    maxValueBytes: SAMPLE_VALUE_BYTES,
  })
  return rows.flatMap(({ key, content }) =>
    content.kind === 'value' && content.value.sizeBytes <= SAMPLE_VALUE_BYTES
      ? [{ key, value: content.value.bytes }]
      : [],
  )
}
