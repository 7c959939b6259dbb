import { AppError } from '#base/app-error.ts'
import { assert } from '#base/assert.ts'
import { encodeStoredEdge, encodeStoredNode } from '../../samyama/encode.ts'
import { decodeStoredEdge, decodeStoredNode, type StoredEdge, type StoredNode } from '../../samyama/rows.ts'
import { ChangeJournal, type RowChange } from './change-journal.ts'
import { WRITTEN_GENERATION } from './entities.ts'
import type { Direction, Graph, GraphEdge, GraphNode, Properties } from './graph.ts'
import { type GarbageLimits, GraphTables } from './graph-tables.ts'
import { storableName, storableProperties } from './storable.ts'
import { walkEdges } from './walk-edges.ts'

/** A query at work on the graph. */
type Query = {
  readonly journal: ChangeJournal
  /** what rows get as their time, Unix milliseconds */
  readonly nowMs: number
  /** why it must not change anything; null: it may */
  readonly refusal: AppError | null
  readonly nextNodeId: number
  readonly nextEdgeId: number
}

/** building small tables anew wins nothing */
const DEFAULT_GARBAGE_LIMITS: GarbageLimits = { rowBytes: 16 * 1024 * 1024, slots: 65_536 }

/** A whole graph in memory. One query at a time: begin(), the query, then commit() or rollback(). */
export class MemoryGraph implements Graph {
  readonly #garbageLimits: GarbageLimits
  #tables = new GraphTables()
  #nextNodeId = 1
  #nextEdgeId = 1
  #query: Query | null = null

  constructor(garbageLimits: GarbageLimits = DEFAULT_GARBAGE_LIMITS) {
    this.#garbageLimits = garbageLimits
  }

  /** The highest ids ever given: a graph in its place goes on behind them. */
  get lastIds(): { readonly node: number; readonly edge: number } {
    return { node: this.#nextNodeId - 1, edge: this.#nextEdgeId - 1 }
  }

  continueBehind(lastIds: { readonly node: number; readonly edge: number }): void {
    this.#nextNodeId = Math.max(this.#nextNodeId, lastIds.node + 1)
    this.#nextEdgeId = Math.max(this.#nextEdgeId, lastIds.edge + 1)
  }

  /** Adds a stored node; ids ascend. */
  loadNode(stored: StoredNode, row: Uint8Array): void {
    const id = Number(stored.id)
    this.#tables.appendNode(id, this.#tables.labels.setOf(stored.labels), row)
    this.#nextNodeId = id + 1
  }

  /** Adds a stored edge; ids ascend. False when one of its nodes is not there. */
  loadEdge(stored: StoredEdge, row: Uint8Array): boolean {
    const id = Number(stored.id)
    const source = this.#tables.nodes.slotOf(Number(stored.source))
    const target = this.#tables.nodes.slotOf(Number(stored.target))
    if (source < 0 || target < 0) return false
    this.#tables.appendEdge(id, { edgeType: this.#tables.edgeTypeNumber(stored.edgeType), source, target }, row)
    this.#nextEdgeId = id + 1
    return true
  }

  begin(nowMs: number, refusal: AppError | null): void {
    assert(this.#query === null, 'queries run one at a time')
    const journal = new ChangeJournal(this.#tables)
    this.#query = { journal, nowMs, refusal, nextNodeId: this.#nextNodeId, nextEdgeId: this.#nextEdgeId }
  }

  /** True when the query changed something. */
  get hasChanges(): boolean {
    return this.#query?.journal.isEmpty === false
  }

  /** The rows to write, as they are now. */
  changes(): Iterable<RowChange> {
    return this.#query?.journal.changes() ?? []
  }

  /** Ends the query and keeps what it did. */
  commit(): void {
    this.#query = null
    if (this.#tables.isMostlyGarbage(this.#garbageLimits)) this.#tables = this.#tables.rebuilt()
  }

  /** Ends the query as if it had not been. */
  rollback(): void {
    if (this.#query === null) return
    this.#query.journal.undo()
    this.#nextNodeId = this.#query.nextNodeId
    this.#nextEdgeId = this.#query.nextEdgeId
    this.#query = null
  }

  *nodes(label: string | null): Generator<GraphNode> {
    const tables = this.#tables
    const end = tables.nodes.slotCount
    if (label !== null) {
      for (const slot of tables.labels.slots(label, end)) yield tables.nodeAt(slot)
      return
    }
    for (let slot = 0; slot < end; slot += 1) if (tables.nodes.isAlive(slot)) yield tables.nodeAt(slot)
  }

  nodeCount(label: string | null): number {
    return label === null ? this.#tables.nodes.liveCount : this.#tables.labels.count(label)
  }

  node(nodeId: number): GraphNode | null {
    const slot = this.#tables.nodes.slotOf(nodeId)
    return slot < 0 ? null : this.#tables.nodeAt(slot)
  }

  edge(edgeId: number): GraphEdge | null {
    const slot = this.#tables.edges.slotOf(edgeId)
    return slot < 0 ? null : this.#tables.edgeAt(slot)
  }

  edgesOf(nodeId: number, direction: Direction, edgeTypes: readonly string[]): Iterable<GraphEdge> {
    const node = this.#tables.nodes.slotOf(nodeId)
    if (node < 0) return []
    if (edgeTypes.length === 0) return walkEdges(this.#tables, node, direction, null)
    const known = edgeTypes.map((name) => this.#tables.knownEdgeType(name)).filter((number) => number !== undefined)
    return known.length === 0 ? [] : walkEdges(this.#tables, node, direction, new Set(known))
  }

  createNode(labels: readonly string[], properties: Properties): GraphNode {
    const { nowMs, journal } = this.#writing()
    const stored = storableNode(this.#nextNodeId, labels, properties, nowMs, nowMs)
    const row = encodeStoredNode(stored, WRITTEN_GENERATION)
    const slot = this.#tables.appendNode(this.#nextNodeId, this.#tables.labels.setOf(stored.labels), row)
    journal.nodeCreated(slot)
    this.#nextNodeId += 1
    return this.#tables.nodeAt(slot)
  }

  createEdge(edgeType: string, sourceId: number, targetId: number, properties: Properties): GraphEdge {
    const { nowMs, journal } = this.#writing()
    const source = this.#nodeSlot(sourceId)
    const target = this.#nodeSlot(targetId)
    const stored = storableEdge(this.#nextEdgeId, { edgeType, sourceId, targetId }, properties, nowMs)
    const row = encodeStoredEdge(stored, WRITTEN_GENERATION)
    const ends = { edgeType: this.#tables.edgeTypeNumber(edgeType), source, target }
    const slot = this.#tables.appendEdge(this.#nextEdgeId, ends, row)
    journal.edgeCreated(slot)
    this.#nextEdgeId += 1
    return this.#tables.edgeAt(slot)
  }

  updateNode(nodeId: number, labels: readonly string[], properties: Properties): void {
    const { nowMs, journal } = this.#writing()
    const slot = this.#nodeSlot(nodeId)
    const { createdAtMs } = decodeStoredNode(this.#tables.nodes.bytesOf(slot), WRITTEN_GENERATION)
    const stored = storableNode(nodeId, labels, properties, createdAtMs, nowMs)
    const place = this.#tables.nodes.replace(slot, encodeStoredNode(stored, WRITTEN_GENERATION))
    journal.nodeUpdated(slot, place, this.#tables.labelSetOf(slot))
    this.#tables.setLabelSet(slot, this.#tables.labels.setOf(stored.labels))
  }

  updateEdge(edgeId: number, properties: Properties): void {
    const { journal } = this.#writing()
    const slot = this.#edgeSlot(edgeId)
    const { createdAtMs } = decodeStoredEdge(this.#tables.edges.bytesOf(slot), WRITTEN_GENERATION)
    const stored = storableEdge(edgeId, this.#tables.edgeAt(slot), properties, createdAtMs)
    journal.edgeUpdated(slot, this.#tables.edges.replace(slot, encodeStoredEdge(stored, WRITTEN_GENERATION)))
  }

  deleteNode(nodeId: number): void {
    const { journal } = this.#writing()
    const slot = this.#nodeSlot(nodeId)
    if (!this.#tables.outgoing.isEmpty(slot) || !this.#tables.incoming.isEmpty(slot)) {
      throw refused('the node still has edges', `node ${nodeId}`, 'Delete its edges first, or use DETACH DELETE.')
    }
    this.#tables.killNode(slot)
    journal.nodeDeleted(slot)
  }

  deleteEdge(edgeId: number): void {
    const { journal } = this.#writing()
    const slot = this.#edgeSlot(edgeId)
    this.#tables.killEdge(slot)
    journal.edgeDeleted(slot)
  }

  #writing(): Query {
    assert(this.#query !== null, 'a graph is changed by a query')
    if (this.#query.refusal !== null) throw this.#query.refusal
    return this.#query
  }

  #nodeSlot(nodeId: number): number {
    const slot = this.#tables.nodes.slotOf(nodeId)
    if (slot < 0) throw refused('no such node', `node ${nodeId}`)
    return slot
  }

  #edgeSlot(edgeId: number): number {
    const slot = this.#tables.edges.slotOf(edgeId)
    if (slot < 0) throw refused('no such edge', `edge ${edgeId}`)
    return slot
  }
}

function storableNode(
  id: number,
  labels: readonly string[],
  properties: Properties,
  createdAtMs: number,
  updatedAtMs: number,
): StoredNode {
  const stored = [...new Set(labels)].map(storableName)
  return {
    type: 'node',
    id: BigInt(id),
    labels: stored,
    properties: storableProperties(properties),
    createdAtMs,
    updatedAtMs,
  }
}

function storableEdge(
  id: number,
  { edgeType, sourceId, targetId }: Pick<GraphEdge, 'edgeType' | 'sourceId' | 'targetId'>,
  properties: Properties,
  createdAtMs: number,
): StoredEdge {
  return {
    type: 'edge',
    id: BigInt(id),
    source: BigInt(sourceId),
    target: BigInt(targetId),
    edgeType: storableName(edgeType),
    properties: storableProperties(properties),
    createdAtMs,
  }
}

function refused(message: string, subject: string, nextStep?: string): AppError {
  return new AppError('BAD_REQUEST', { message, subject, unharmed: 'Nothing was changed.', nextStep })
}
