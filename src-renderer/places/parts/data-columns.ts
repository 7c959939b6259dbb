import type { DataRow, DecodedRow } from '#contract'
import { formatQuantity } from '../../base/format.ts'
import { keyText } from '../../base/key-text.ts'
import type { Column } from '../../ui/table-column.ts'

const propertyColumnCountMax = 3
/** Columns are chosen by the first rows alone, so that they stay when more are loaded. */
const sampleCount = 200
const propertyPrefix = 'property:'
const emPerCharacter = 0.58
const paddingEm = 1.7
const narrowestEm = 4
const widestEm = 20
const widestKeyEm = 18
const widestKeyBytes = 48

/** The columns for some rows: a graph's when a codec understood most of them, else keys and values. */
export function dataColumns(rows: readonly DataRow[]): readonly Column<DataRow>[] {
  const sample = rows.slice(0, sampleCount)
  const decoded = sample.flatMap((row) => row.decoded ?? [])
  if (decoded.length === 0 || decoded.length * 2 < sample.length) return rawColumns(sample)
  const hasEdges = decoded.some((row) => row.type === 'edge')
  return [
    {
      id: 'id',
      title: hasEdges ? 'Edge' : 'Node',
      width: widthOf(sample.map((row) => row.decoded?.id ?? '')),
      grow: 0,
      isMono: true,
      valueOf: (row) => row.decoded?.id ?? keyText(row.key),
    },
    {
      id: 'labels',
      title: hasEdges ? 'Type' : 'Labels',
      width: Math.min(widestEm, widthOf(['Labels', ...decoded.map((row) => row.labels.join(', '))])),
      valueOf: (row) => row.decoded?.labels.join(', ') ?? null,
    },
    ...(hasEdges ? endColumns : []),
    ...commonProperties(decoded).map((name) => propertyColumn(name, decoded)),
    {
      id: 'updated',
      title: 'Updated',
      width: 14.5,
      grow: 0,
      isMono: true,
      valueOf: (row) => row.decoded?.updatedAtMs ?? null,
    },
  ]
}

/** The property that a column shows; null when it shows something else. */
export function propertyOf(row: DataRow, column: Column<DataRow>): string | null {
  if (!column.id.startsWith(propertyPrefix)) return null
  const property = row.decoded?.properties.find(({ name }) => propertyPrefix + name === column.id)
  return property === undefined ? '' : propertyWords(property)
}

/** A property where its kind is plain: a string without its quotes. */
export function propertyWords({ type, text }: DecodedRow['properties'][number]): string {
  return type === 'string' ? text.replace(/^"|"$/g, '').replaceAll('\\"', '"') : text
}

/** What a row is besides a plain value; empty for a plain value. */
export function kindText(row: DataRow): string {
  switch (row.kind) {
    case 'value':
      return ''
    case 'merge':
      return formatQuantity(row.parts.length, 'merge operand')
    case 'entity':
      return formatQuantity(row.parts.length, 'wide column')
    case 'blob-reference':
      return 'value in a blob file'
    case 'unreadable':
      return 'cannot be decoded'
  }
}

function rawColumns(rows: readonly DataRow[]): readonly Column<DataRow>[] {
  const keyWidth = widthOf(rows.map((row) => keyText(row.key, widestKeyBytes)))
  return [
    {
      id: 'key',
      title: 'Key',
      width: Math.min(widestKeyEm, keyWidth),
      isMono: true,
      valueOf: (row) => keyText(row.key),
    },
    { id: 'value', title: 'Value', width: 12, grow: 3, isMono: true, valueOf: (row) => keyText(row.value, 96) },
    { id: 'size', title: 'Size', width: 6, grow: 0, align: 'right', valueOf: (row) => row.valueSizeBytes },
    { id: 'sequence', title: 'Sequence', width: 7, grow: 0, align: 'right', valueOf: (row) => row.sequence },
  ]
}

function widthOf(texts: readonly string[]): number {
  return Math.max(narrowestEm, Math.max(0, ...texts.map(({ length }) => length)) * emPerCharacter + paddingEm)
}

const endColumns: readonly Column<DataRow>[] = [
  { id: 'source', title: 'From', width: 5, isMono: true, valueOf: (row) => row.decoded?.source ?? null },
  { id: 'target', title: 'To', width: 5, isMono: true, valueOf: (row) => row.decoded?.target ?? null },
]

/** As wide as what it shows, within bounds; numbers stand at the right. */
function propertyColumn(name: string, rows: readonly DecodedRow[]): Column<DataRow> {
  const shown = rows.flatMap(({ properties }) => properties.filter((property) => property.name === name))
  const isNumeric = shown.every(({ type }) => /^(int|float|double|number)/i.test(type))
  return {
    id: propertyPrefix + name,
    title: name,
    width: Math.min(widestEm, widthOf([name, ...shown.map(propertyWords)])),
    // text takes the room that is left over; a number needs none
    ...(isNumeric ? { align: 'right' as const, grow: 0 } : {}),
    valueOf: (row) => row.decoded?.properties.find((property) => property.name === name)?.text ?? null,
  }
}

/** What a person recognises a thing by comes first. */
function rank(name: string): number {
  const place = ['name', 'title', 'label'].indexOf(name.toLowerCase())
  return place === -1 ? 3 : place
}

function commonProperties(rows: readonly DecodedRow[]): string[] {
  const counts = new Map<string, number>()
  for (const { properties } of rows) for (const { name } of properties) counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .sort(([leftName, left], [rightName, right]) => right - left || rank(leftName) - rank(rightName))
    .slice(0, propertyColumnCountMax)
    .map(([name]) => name)
}
