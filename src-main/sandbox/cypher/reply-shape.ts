import { AppError } from '#base/app-error.ts'
import { limits } from '#base/limits.ts'
import { debugText, floatText } from '../../samyama/debug-text.ts'
import type { QueryResult } from './run-query.ts'
import { isStoredList, toProperty } from './values/property-conversion.ts'
import { type CypherList, type CypherValue, type Entity, isList, isMap, type StoredValue } from './values/value.ts'

/** A reply before it is put on the wire. A null is the null of RESP3, whatever the client speaks. */
export type ReplyCell =
  | { readonly kind: 'bulk'; readonly text: string }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'null' }
  | { readonly kind: 'array'; readonly items: readonly ReplyCell[] }

/**
 * The reply to GRAPH.QUERY (docs/formats/samyama.md §4.3): an array of the header and of each row; no statistics. A
 * query that returns nothing has a header without columns.
 * @throws AppError LIMIT_EXCEEDED when the cells are too many
 */
export function replyOf({ columns, rows }: QueryResult): ReplyCell {
  const counter = new CellCounter()
  const header = array(columns.map(bulk))
  return array([header, ...rows.map((row) => array(row.map((value) => cellOf(value, counter))))])
}

/** Lists that hold one list many times are small in memory and endless in a reply. */
class CellCounter {
  #cells = 0

  add(): void {
    this.#cells += 1
    if (this.#cells > limits.queryCellsMax)
      throw new AppError('LIMIT_EXCEEDED', {
        message: `an answer has ${limits.queryCellsMax} cells at most`,
        nextStep: 'Add LIMIT to the query, or ask for a count.',
      })
  }
}

function cellOf(value: CypherValue, counter: CellCounter): ReplyCell {
  counter.add()
  if (value === null) return { kind: 'null' }
  if (isList(value)) return listCell(value, counter)
  if (isMap(value)) return array(Array.from(value, ([name, item]) => [bulk(name), cellOf(item, counter)]).flat())
  switch (typeof value) {
    case 'bigint':
      return { kind: 'integer', value }
    case 'number':
      return bulk(floatText(value))
    case 'boolean':
    case 'string':
      return bulk(String(value))
    default:
      return bulk(entityText(value))
  }
}

function listCell(list: CypherList, counter: CellCounter): ReplyCell {
  const property = isStoredList(list) ? toProperty(list) : null
  return property === null ? array(list.map((item) => cellOf(item, counter))) : bulk(debugText(property))
}

function entityText(value: Entity | StoredValue): string {
  switch (value.kind) {
    case 'node':
      return `Node(NodeId(${value.id}))`
    case 'edge':
      return `Edge(EdgeId(${value.id}), NodeId(${value.sourceId}) -> NodeId(${value.targetId}))`
    case 'path': {
      const nodes = value.nodes.map(({ id }) => `NodeId(${id})`).join(', ')
      const edges = value.edges.map(({ id }) => `EdgeId(${id})`).join(', ')
      return `Path(nodes: [${nodes}], edges: [${edges}])`
    }
    case 'stored':
      return debugText(value.value)
  }
}

function bulk(text: string): ReplyCell {
  return { kind: 'bulk', text }
}

function array(items: readonly ReplyCell[]): ReplyCell {
  return { kind: 'array', items }
}
