import type { DataRow } from '#contract'
import { keyText } from '../../base/key-text.ts'
import type { Column } from '../../ui/table-column.ts'

const propertyColumnCountMax = 3
/** Columns are chosen by the first rows alone, so that they stay when more are loaded. */
const sampleCount = 200
const propertyPrefix = 'property:'

/** The columns for some rows: a graph's when a codec understood most of them, else keys and values. */
export function dataColumns(rows: readonly DataRow[]): readonly Column<DataRow>[] {
  const sample = rows.slice(0, sampleCount)
  const decoded = sample.flatMap((row) => row.decoded ?? [])
  if (decoded.length === 0 || decoded.length * 2 < sample.length) return rawColumns
  const hasEdges = decoded.some((row) => row.type === 'edge')
  return [
    {
      id: 'id',
      title: hasEdges ? 'Edge' : 'Node',
      width: 6,
      isMono: true,
      valueOf: (row) => row.decoded?.id ?? keyText(row.key),
    },
    {
      id: 'labels',
      title: hasEdges ? 'Type' : 'Labels',
      width: 7,
      valueOf: (row) => row.decoded?.labels.join(', ') ?? null,
    },
    ...(hasEdges ? endColumns : []),
    ...commonProperties(decoded).map(propertyColumn),
    { id: 'updated', title: 'Updated', width: 12.5, isMono: true, valueOf: (row) => row.decoded?.updatedAtMs ?? null },
  ]
}

/** The property that a column shows; null when it shows something else. */
export function propertyOf(row: DataRow, column: Column<DataRow>): string | null {
  if (!column.id.startsWith(propertyPrefix)) return null
  return row.decoded?.properties.find(({ name }) => propertyPrefix + name === column.id)?.text ?? ''
}

/** What a row is besides a plain value; empty for a plain value. */
export function kindText(row: DataRow): string {
  if (row.kind === 'value') return ''
  if (row.kind === 'blob-reference') return 'value in a blob file'
  if (row.kind === 'merge') return 'merge operands without a base'
  return row.kind === 'entity' ? 'wide columns' : 'with a write time'
}

const rawColumns: readonly Column<DataRow>[] = [
  { id: 'key', title: 'Key', width: 14, grow: 2, isMono: true, valueOf: (row) => keyText(row.key) },
  { id: 'value', title: 'Value', width: 16, grow: 3, isMono: true, valueOf: (row) => keyText(row.value, 96) },
  { id: 'size', title: 'Size', width: 6, grow: 0, align: 'right', valueOf: (row) => row.valueSizeBytes },
  { id: 'sequence', title: 'Sequence', width: 8, grow: 0, align: 'right', valueOf: (row) => row.sequence },
]

const endColumns: readonly Column<DataRow>[] = [
  { id: 'source', title: 'From', width: 5, isMono: true, valueOf: (row) => row.decoded?.source ?? null },
  { id: 'target', title: 'To', width: 5, isMono: true, valueOf: (row) => row.decoded?.target ?? null },
]

function propertyColumn(name: string): Column<DataRow> {
  const id = propertyPrefix + name
  return {
    id,
    title: name,
    width: 7,
    valueOf: (row) => row.decoded?.properties.find((property) => property.name === name)?.text ?? null,
  }
}

function commonProperties(rows: readonly { properties: readonly { name: string }[] }[]): string[] {
  const counts = new Map<string, number>()
  for (const { properties } of rows) for (const { name } of properties) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .sort(([, left], [, right]) => right - left)
    .slice(0, propertyColumnCountMax)
    .map(([name]) => name)
}
