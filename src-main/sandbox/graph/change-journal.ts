import type { GraphTables } from './graph-tables.ts'
import type { RowPlace } from './row-table.ts'

/** What a row becomes on the disk; null: it is deleted. */
export type RowChange = { readonly type: 'node' | 'edge'; readonly id: number; readonly row: Uint8Array | null }

const NODE_CREATED = 0
const NODE_DELETED = 1
const NODE_UPDATED = 2
const EDGE_CREATED = 3
const EDGE_DELETED = 4
const EDGE_UPDATED = 5

type Before = { readonly place: RowPlace; readonly labelSet: number }

/** What one query did to the tables, in order: to undo it, and to know which rows to write. A query may change millions. */
export class ChangeJournal {
  readonly #tables: GraphTables
  readonly #firstNewNode: number
  readonly #firstNewEdge: number
  readonly #kinds: number[] = []
  readonly #slots: number[] = []
  /** for each update, in order */
  readonly #befores: Before[] = []

  constructor(tables: GraphTables) {
    this.#tables = tables
    this.#firstNewNode = tables.nodes.slotCount
    this.#firstNewEdge = tables.edges.slotCount
  }

  get isEmpty(): boolean {
    return this.#kinds.length === 0
  }

  nodeCreated(slot: number): void {
    this.#add(NODE_CREATED, slot)
  }

  nodeDeleted(slot: number): void {
    this.#add(NODE_DELETED, slot)
  }

  nodeUpdated(slot: number, place: RowPlace, labelSet: number): void {
    this.#add(NODE_UPDATED, slot)
    this.#befores.push({ place, labelSet })
  }

  edgeCreated(slot: number): void {
    this.#add(EDGE_CREATED, slot)
  }

  edgeDeleted(slot: number): void {
    this.#add(EDGE_DELETED, slot)
  }

  edgeUpdated(slot: number, place: RowPlace): void {
    this.#add(EDGE_UPDATED, slot)
    this.#befores.push({ place, labelSet: 0 })
  }

  /** Each changed row once, as it is now, in the order of the first change; without those that were created and deleted. */
  *changes(): Generator<RowChange> {
    const { nodes, edges } = this.#tables
    const seenNodes = new Set<number>()
    const seenEdges = new Set<number>()
    for (let index = 0; index < this.#kinds.length; index += 1) {
      const slot = this.#slots[index] as number
      const isNode = (this.#kinds[index] as number) < EDGE_CREATED
      const seen = isNode ? seenNodes : seenEdges
      if (seen.has(slot)) continue
      seen.add(slot)
      const table = isNode ? nodes : edges
      const isNew = slot >= (isNode ? this.#firstNewNode : this.#firstNewEdge)
      if (isNew && !table.isAlive(slot)) continue
      const row = table.isAlive(slot) ? table.bytesOf(slot) : null
      yield { type: isNode ? 'node' : 'edge', id: table.idOf(slot), row }
    }
  }

  /** Makes the tables what they were. */
  undo(): void {
    for (let index = this.#kinds.length - 1; index >= 0; index -= 1) {
      this.#undoOne(this.#kinds[index] as number, this.#slots[index] as number)
    }
    this.#kinds.length = 0
  }

  #undoOne(kind: number, slot: number): void {
    const tables = this.#tables
    if (kind === NODE_CREATED) tables.removeLastNode()
    else if (kind === NODE_DELETED) tables.reviveNode(slot)
    else if (kind === EDGE_CREATED) tables.removeLastEdge()
    else if (kind === EDGE_DELETED) tables.reviveEdge(slot)
    else this.#undoUpdate(kind, slot)
  }

  #undoUpdate(kind: number, slot: number): void {
    const { place, labelSet } = this.#befores.pop() as Before
    if (kind === EDGE_UPDATED) {
      this.#tables.edges.putBack(slot, place)
      return
    }
    this.#tables.nodes.putBack(slot, place)
    this.#tables.setLabelSet(slot, labelSet)
  }

  #add(kind: number, slot: number): void {
    this.#kinds.push(kind)
    this.#slots.push(slot)
  }
}
