import { debugText, floatText } from '../../samyama/debug-text.ts'
import type { PropertyEntry, PropertyValue } from '../../samyama/property-value.ts'
import { isWritableName, nameText, valueText } from '../cypher-text.ts'
import type { LostEdge, LostNode } from '../lost.ts'
import type { PropertyChange } from '../row-changes.ts'
import type { ReplayJournal } from './journal.ts'
import { type Cell, isTrue } from './live-graph.ts'

/** A property of a node or an edge that is to be set back. */
export type Setting = {
  /** which settings go in one query: kind, type of the edge, name, and whether the value was there after */
  readonly group: string
  readonly kind: 'node' | 'edge'
  /** on the server */
  readonly id: bigint
  /** of an edge */
  readonly source: bigint | null
  readonly edgeType: string
  readonly change: PropertyChange
  /** {i: id, b: before, a: after} */
  readonly row: string
}

/**
 * Null when Cypher cannot write the value before.
 * @param journal a row that was brought back earlier has another id now
 */
export function settingOf(
  { kind, before }: LostNode | LostEdge,
  change: PropertyChange,
  { made }: Pick<ReplayJournal, 'made'>,
): Setting | null {
  const earlier = change.before === null ? 'null' : valueText(change.before)
  if (earlier === null || !isWritableName(change.name)) return null
  const later = change.after === null ? null : valueText(change.after)
  const liveNode = (id: bigint) => made.nodes.get(id) ?? id
  const id = before.type === 'node' ? liveNode(before.id) : (made.edges.get(before.id) ?? before.id)
  const [source, edgeType] = before.type === 'edge' ? [liveNode(before.source), before.edgeType] : [null, '']
  const group = JSON.stringify([kind, edgeType, change.name, guardKind(change.after)])
  return { group, kind, id, source, edgeType, change, row: `{i: ${id}, b: ${earlier}, a: ${later ?? 'null'}}` }
}

/** Where a live value stands. */
export type Standing = 'before' | 'after' | 'elsewhere'

/**
 * Compares the live value with both. The server says what is equal, for which 1 is 1.0; whether a number is whole tells them
 * apart.
 * @param isBefore what the server says of `value = before` @param isAfter of `value = after`
 */
export function standingOf({ change }: Setting, live: Cell, isBefore: Cell, isAfter: Cell): Standing {
  if (isAt(change.before, live, isBefore)) return 'before'
  return isAt(change.after, live, isAfter) ? 'after' : 'elsewhere'
}

function isAt(value: PropertyValue | null, live: Cell, isEqual: Cell): boolean {
  if (value === null) return live.kind === 'null'
  if (equalsNothing(value)) return !isTrue(isEqual) && isShownAs(value, live)
  return isTrue(isEqual) && (value.type === 'integer') === (live.kind === 'integer')
}

/** What has a null or a NaN in it equals nothing, not even itself. */
function equalsNothing(value: PropertyValue): boolean {
  switch (value.type) {
    case 'null':
      return true
    case 'float':
      return Number.isNaN(value.value)
    case 'array':
      return value.items.some(equalsNothing)
    case 'map':
      return value.entries.some((entry) => equalsNothing(entry.value))
    default:
      return false
  }
}

/** Whether an answer looks as the engine shows the value. */
function isShownAs(value: PropertyValue, cell: Cell): boolean {
  switch (value.type) {
    case 'null':
      return cell.kind === 'null'
    case 'integer':
      return cell.kind === 'integer' && cell.value === value.value
    case 'map':
      return cell.kind === 'list' && isMapShownAs(value.entries, cell.items)
    case 'string':
    case 'boolean':
      return cell.kind === 'text' && cell.text === String(value.value)
    case 'float':
      return cell.kind === 'text' && cell.text === floatText(value.value)
    default:
      return cell.kind === 'text' && cell.text === debugText(value)
  }
}

/** A map is answered as names and values in turn. */
function isMapShownAs(entries: readonly PropertyEntry[], items: readonly Cell[]): boolean {
  const values = new Map(entries.map(({ name, value }) => [name, value]))
  if (items.length !== 2 * values.size) return false
  return items.every((item, index) => {
    if (index % 2 === 1) return true
    const value = item.kind === 'text' ? values.get(item.text) : undefined
    const cell = items[index + 1]
    return value !== undefined && cell !== undefined && isShownAs(value, cell)
  })
}

/** Asks where each live value stands: id, value, whether it is that before, whether it is that after. */
export function lookQuery(settings: readonly Setting[]): string {
  const property = propertyOf(settings)
  return `${found(settings)} RETURN row.i, ${property}, ${property} = row.b, ${property} = row.a`
}

/** Sets values back; unless forced, where the value is still that after when the query runs. Answers the ids. */
export function setQuery(settings: readonly Setting[], isForced: boolean): string {
  const property = propertyOf(settings)
  const guard = guardKind(settings[0]?.change.after ?? null)
  const guards = { absent: ` AND ${property} IS NULL`, present: ` AND ${property} = row.a`, unequal: '' }
  return `${found(settings, isForced ? '' : guards[guard])} SET ${property} = row.b RETURN row.i`
}

/** For what equals nothing, what was seen a moment ago must do. */
function guardKind(after: PropertyValue | null): 'absent' | 'present' | 'unequal' {
  if (after === null) return 'absent'
  return equalsNothing(after) ? 'unequal' : 'present'
}

function propertyOf([first]: readonly Setting[]): string {
  return `x.${nameText(first?.change.name ?? '')}`
}

/** Nodes are found by their id. Edges are found from their source, each source looked at once. */
function found(settings: readonly Setting[], guard = ''): string {
  const rows = `[${settings.map(({ row }) => row).join(', ')}]`
  const [first] = settings
  if (first?.kind !== 'edge') return `UNWIND ${rows} AS row MATCH (x) WHERE id(x) = row.i${guard}`
  const sources = [...new Set(settings.map(({ source }) => source))].join(', ')
  const ids = settings.map(({ id }) => id).sort((left, right) => (left < right ? -1 : 1))
  const within = `id(x) >= ${ids[0]} AND id(x) <= ${ids.at(-1)}`
  const match = `MATCH (a)-[x:${nameText(first.edgeType)}]->() WHERE id(a) = s AND ${within}`
  const own = 'WITH x, [row IN rows WHERE row.i = id(x)] AS own WHERE size(own) = 1 WITH x, own[0] AS row'
  return `WITH ${rows} AS rows UNWIND [${sources}] AS s ${match} ${own} WHERE row.i = id(x)${guard}`
}
