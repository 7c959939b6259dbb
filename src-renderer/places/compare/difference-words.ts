import type { DecodedRow, DifferenceRow, FamilyDifference } from '#contract'
import { keyText } from '../../base/key-text.ts'
import { formatTime } from '../../base/time.ts'
import type { Column } from '../../ui/table-column.ts'
import { propertyWords } from '../parts/data-columns.ts'
import { rowWords } from '../parts/row-words.ts'

export const differenceKinds: Record<DifferenceRow['kind'], { readonly text: string; readonly tone: string }> = {
  added: { text: 'Added', tone: 'good' },
  removed: { text: 'Removed', tone: 'bad' },
  changed: { text: 'Changed', tone: 'warn' },
}

/** One fact about a thing on both sides; null where a side does not have it. */
export type SidedFact = { readonly name: string; readonly left: string | null; readonly right: string | null }

/** All that is known of a decoded row on both sides, by name. */
export function sidedFacts(left: DecodedRow | null, right: DecodedRow | null, zone: string): readonly SidedFact[] {
  const lefts = factsOf(left, zone)
  const rights = factsOf(right, zone)
  const names = new Set([...lefts.keys(), ...rights.keys()])
  return [...names].map((name) => ({ name, left: lefts.get(name) ?? null, right: rights.get(name) ?? null }))
}

/** What became of a row, in one line: what it holds beside its labels, or of a changed one what changed. */
export function differenceWords({ left, right }: DifferenceRow): string {
  if (left === null || right === null) {
    const only = left ?? right
    return only === null ? '' : rowWords(only, false)
  }
  if (left.decoded === null || right.decoded === null) return `${rowWords(left)} → ${rowWords(right)}`
  const changed = sidedFacts(left.decoded, right.decoded, 'UTC').filter((fact) => fact.left !== fact.right)
  return changed.map((fact) => `${fact.name}: ${fact.left ?? 'none'} → ${fact.right ?? 'none'}`).join(' · ')
}

/** The columns for some differences: a graph's when a codec understood them, else keys and values. */
export function differenceColumns(rows: readonly DifferenceRow[]): readonly Column<DifferenceRow>[] {
  const isDecoded = rows.some((row) => decodedOf(row) !== null)
  const kind: Column<DifferenceRow> = {
    id: 'kind',
    title: 'Change',
    width: 6,
    grow: 0,
    valueOf: (row) => differenceKinds[row.kind].text,
  }
  const what: Column<DifferenceRow> = { id: 'what', title: 'What', width: 10, grow: 3, valueOf: differenceWords }
  const id: Column<DifferenceRow> = { id: 'id', title: 'Thing', width: 8.5, grow: 0, isMono: true, valueOf: thingText }
  const labels: Column<DifferenceRow> = {
    id: 'labels',
    title: 'Labels',
    width: 7,
    valueOf: (row) => decodedOf(row)?.labels.join(', ') ?? null,
  }
  const key: Column<DifferenceRow> = {
    id: 'key',
    title: 'Key',
    width: 10,
    isMono: true,
    valueOf: (row) => keyText(row.key),
  }
  return isDecoded ? [kind, id, labels, what] : [kind, key, what]
}

/** "node 41", or the key of what was not decoded. */
export function thingText(row: DifferenceRow): string {
  const decoded = decodedOf(row)
  return decoded === null ? keyText(row.key) || 'The empty key' : `${decoded.type} ${decoded.id}`
}

export function differenceCount(
  counts: Pick<FamilyDifference, 'addedCount' | 'removedCount' | 'changedCount'>,
): number {
  return counts.addedCount + counts.removedCount + counts.changedCount
}

/** The family that is looked at first: the one with most differences. */
export function mostChanged(families: readonly FamilyDifference[]): string | null {
  return families.toSorted((left, right) => differenceCount(right) - differenceCount(left))[0]?.name ?? null
}

function decodedOf({ left, right }: DifferenceRow): DecodedRow | null {
  return right?.decoded ?? left?.decoded ?? null
}

function factsOf(row: DecodedRow | null, zone: string): ReadonlyMap<string, string> {
  if (row === null) return new Map()
  const facts: [string, string][] = [['labels', row.labels.join(', ')]]
  if (row.source !== null) facts.push(['ends', `${row.source} → ${row.target}`])
  for (const property of row.properties) facts.push([property.name, propertyWords(property)])
  if (row.createdAtMs !== null) facts.push(['created', formatTime(row.createdAtMs * 1_000, zone, 'milliseconds')])
  if (row.updatedAtMs !== null) facts.push(['updated', formatTime(row.updatedAtMs * 1_000, zone, 'milliseconds')])
  return new Map(facts)
}
