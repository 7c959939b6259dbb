import { DamageError } from '#base/damage.ts'
import { parseRowKey, type RowKey } from './keys.ts'
import { compareText, propertyText } from './property-text.ts'
import type { PropertyEntry } from './property-value.ts'
import { decodeStoredRow, readEdgeType, readLabels, type StoredEdge, type StoredNode } from './rows.ts'
import { shortText } from './short-text.ts'
import type { Layout } from './variants.ts'

/** Labels and properties of one row that are shown; more of them is no graph anybody made. */
const SHOWN_MAX = 1000

/** A row in words. A time is null when the row does not know it. */
export type DecodedRow = {
  type: 'node' | 'edge'
  /** decimal: a u64 does not fit a number */
  id: string
  tenant: string
  /** of a node its labels, sorted; of an edge its type */
  labels: string[]
  source: string | null
  target: string | null
  /** sorted by name; the first thousand, then one that says how many more there are */
  properties: { name: string; type: string; text: string }[]
  createdAtMs: number | null
  updatedAtMs: number | null
}

/** Turns the keys and values of one kind of database into rows that a person can read. */
export type RowCodec = {
  /** for people, with what it depends on: "samyama A1" */
  readonly name: string
  /** True when the key has the form of a row of that column family. */
  recognises(columnFamilyName: string, key: Uint8Array): boolean
  /**
   * Null when the value is not what the key promises. Why is not said: a codec is a guess about somebody's bytes, and
   * a reason would read like damage of the backup; the bytes are shown instead.
   */
  decode(columnFamilyName: string, key: Uint8Array, value: Uint8Array): DecodedRow | null
  /** The labels of a node or the type of an edge, without reading the rest; null where decode() would give null at once. */
  labels(columnFamilyName: string, key: Uint8Array, value: Uint8Array): readonly string[] | null
}

/** The codec of Samyama's nodes and edges as one generation wrote them. Follows docs/formats/samyama.md §1. */
export function samyamaCodec(layout: Layout): RowCodec {
  return {
    name: layout === 'any' ? 'samyama' : `samyama ${layout}`,
    recognises: (columnFamilyName, key) => parseKeyOf(columnFamilyName, key) !== null,
    decode(columnFamilyName, key, value) {
      const rowKey = parseKeyOf(columnFamilyName, key)
      if (rowKey === null) return null
      try {
        return inWords(rowKey.tenant, decodeStoredRow(rowKey, value, layout))
      } catch (error) {
        if (error instanceof DamageError) return null
        throw error
      }
    },
    labels(columnFamilyName, _key, value) {
      if (columnFamilyName !== 'nodes' && columnFamilyName !== 'edges') return null
      try {
        return columnFamilyName === 'nodes' ? readLabels(value) : [readEdgeType(value)]
      } catch (error) {
        if (error instanceof DamageError) return null
        throw error
      }
    },
  }
}

function parseKeyOf(columnFamilyName: string, key: Uint8Array): RowKey | null {
  if (columnFamilyName !== 'nodes' && columnFamilyName !== 'edges') return null
  const rowKey = parseRowKey(key)
  if (rowKey === null) return null
  return columnFamilyName === (rowKey.type === 'node' ? 'nodes' : 'edges') ? rowKey : null
}

function inWords(tenant: string, row: StoredNode | StoredEdge): DecodedRow {
  const isEdge = row.type === 'edge'
  return {
    type: row.type,
    id: String(row.id),
    tenant,
    labels: isEdge ? [shortText(row.edgeType)] : labelsInWords(row.labels),
    source: isEdge ? String(row.source) : null,
    target: isEdge ? String(row.target) : null,
    properties: propertiesInWords(row.properties),
    createdAtMs: knownTime(row.createdAtMs),
    updatedAtMs: isEdge ? null : knownTime(row.updatedAtMs),
  }
}

function labelsInWords(labels: readonly string[]): string[] {
  const shown = labels.toSorted(compareText).slice(0, SHOWN_MAX).map(shortText)
  if (labels.length > SHOWN_MAX) shown.push(moreText(labels))
  return shown
}

function propertiesInWords(properties: readonly PropertyEntry[]): DecodedRow['properties'] {
  const shown = properties
    .toSorted((left, right) => compareText(left.name, right.name))
    .slice(0, SHOWN_MAX)
    .map(({ name, value }) => ({ name: shortText(name), type: value.type as string, text: propertyText(value) }))
  if (properties.length > SHOWN_MAX) shown.push({ name: '…', type: '', text: moreText(properties) })
  return shown
}

function moreText(all: readonly unknown[]): string {
  return `… and ${all.length - SHOWN_MAX} more`
}

/** Old snapshot imports stored 0 for "nobody knows". */
function knownTime(timeMs: number): number | null {
  return timeMs === 0 ? null : timeMs
}
