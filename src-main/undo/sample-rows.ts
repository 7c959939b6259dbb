import type { View } from '../rocksdb/view/view.ts'
import type { SampleRow } from '../samyama/generation.ts'

const SAMPLE_ROWS = 50
const SAMPLE_VALUE_BYTES = 64 * 1024

/** The first nodes and edges of a state: they tell which release wrote it. */
export function sampleRows(view: View): SampleRow[] {
  return view.columnFamilies
    .filter(({ name }) => name === 'nodes' || name === 'edges')
    .flatMap(({ id }) => firstRows(view, id))
}

function firstRows(view: View, columnFamilyId: number): SampleRow[] {
  const page = { after: null, from: null, limit: SAMPLE_ROWS, maxValueBytes: SAMPLE_VALUE_BYTES }
  return view
    .scan({ columnFamilyId, ...page })
    .rows.flatMap(({ key, content }) =>
      content.kind === 'value' && content.value.sizeBytes <= SAMPLE_VALUE_BYTES
        ? [{ key, value: content.value.bytes }]
        : [],
    )
}
