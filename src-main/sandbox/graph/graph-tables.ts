import { grown, nextCapacity } from './columns.ts'
import { EdgeLists } from './edge-lists.ts'
import { edgeOver, nodeOver } from './entities.ts'
import type { GraphEdge, GraphNode } from './graph.ts'
import { LabelIndex } from './label-index.ts'
import { RowTable } from './row-table.ts'

const FIRST_CAPACITY = 64
/** What may be of no use any more, beside as much as is in use, before tables are built anew. */
export type GarbageLimits = { readonly rowBytes: number; readonly slots: number }

/** Where an edge is hung in, by slots. */
export type EdgeEnds = { readonly edgeType: number; readonly source: number; readonly target: number }

/** Nodes and edges as columns, with what finds them: about 50 bytes for each beside its row. Slots, not ids. */
export class GraphTables {
  readonly nodes = new RowTable()
  readonly edges = new RowTable()
  readonly labels = new LabelIndex()
  readonly outgoing = new EdgeLists()
  readonly incoming = new EdgeLists()
  readonly #edgeTypes: string[] = []
  readonly #edgeTypeNumbers = new Map<string, number>()
  #labelSets = new Uint32Array(FIRST_CAPACITY)
  #types = new Uint32Array(FIRST_CAPACITY)
  #sources = new Uint32Array(FIRST_CAPACITY)
  #targets = new Uint32Array(FIRST_CAPACITY)

  appendNode(id: number, labelSet: number, row: Uint8Array): number {
    const slot = this.nodes.append(id, row)
    if (slot >= this.#labelSets.length) this.#labelSets = grown(this.#labelSets, nextCapacity(slot))
    this.#labelSets[slot] = labelSet
    this.labels.add(labelSet, slot)
    this.outgoing.addNode(slot)
    this.incoming.addNode(slot)
    return slot
  }

  appendEdge(id: number, ends: EdgeEnds, row: Uint8Array): number {
    const slot = this.edges.append(id, row)
    if (slot >= this.#types.length) this.#growEdges(nextCapacity(slot))
    this.#types[slot] = ends.edgeType
    this.#sources[slot] = ends.source
    this.#targets[slot] = ends.target
    this.outgoing.append(ends.source, slot)
    this.incoming.append(ends.target, slot)
    return slot
  }

  removeLastNode(): void {
    const slot = this.nodes.slotCount - 1
    this.labels.delete(this.labelSetOf(slot), slot)
    this.nodes.removeLast()
  }

  removeLastEdge(): void {
    this.#unhang(this.edges.slotCount - 1)
    this.edges.removeLast()
  }

  killNode(slot: number): void {
    this.labels.delete(this.labelSetOf(slot), slot)
    this.nodes.kill(slot)
  }

  reviveNode(slot: number): void {
    this.labels.add(this.labelSetOf(slot), slot)
    this.nodes.revive(slot)
  }

  killEdge(slot: number): void {
    this.#unhang(slot)
    this.edges.kill(slot)
  }

  /** Only in the reverse order of killEdge(). */
  reviveEdge(slot: number): void {
    this.incoming.put(this.targetOf(slot), slot)
    this.outgoing.put(this.sourceOf(slot), slot)
    this.edges.revive(slot)
  }

  labelSetOf(slot: number): number {
    return this.#labelSets[slot] as number
  }

  setLabelSet(slot: number, labelSet: number): void {
    this.labels.delete(this.labelSetOf(slot), slot)
    this.#labelSets[slot] = labelSet
    this.labels.add(labelSet, slot)
  }

  typeOf(slot: number): number {
    return this.#types[slot] as number
  }

  sourceOf(slot: number): number {
    return this.#sources[slot] as number
  }

  targetOf(slot: number): number {
    return this.#targets[slot] as number
  }

  /** The number of an edge type, which gets one when it has none. */
  edgeTypeNumber(edgeType: string): number {
    const known = this.knownEdgeType(edgeType)
    if (known !== undefined) return known
    this.#edgeTypeNumbers.set(edgeType, this.#edgeTypes.length)
    this.#edgeTypes.push(edgeType)
    return this.#edgeTypes.length - 1
  }

  knownEdgeType(edgeType: string): number | undefined {
    return this.#edgeTypeNumbers.get(edgeType)
  }

  nodeAt(slot: number): GraphNode {
    const { nodes } = this
    return nodeOver(nodes.idOf(slot), this.labels.labelsOf(this.labelSetOf(slot)), nodes.bytesOf(slot))
  }

  edgeAt(slot: number): GraphEdge {
    const edge = {
      id: this.edges.idOf(slot),
      edgeType: this.#edgeTypes[this.typeOf(slot)] as string,
      sourceId: this.nodes.idOf(this.sourceOf(slot)),
      targetId: this.nodes.idOf(this.targetOf(slot)),
    }
    return edgeOver(edge, this.edges.bytesOf(slot))
  }

  /** True when more memory is of rows that are gone than of rows that are there. */
  isMostlyGarbage(limits: GarbageLimits): boolean {
    return [this.nodes, this.edges].some(
      ({ slotCount, liveCount, liveBytes, garbageBytes }) =>
        garbageBytes > liveBytes + limits.rowBytes || slotCount - liveCount > liveCount + limits.slots,
    )
  }

  /** The same graph in new tables, without what is gone. */
  rebuilt(): GraphTables {
    const { nodes, edges } = this
    const tables = new GraphTables()
    const slots = new Uint32Array(nodes.slotCount)
    for (let slot = 0; slot < nodes.slotCount; slot += 1) {
      if (!nodes.isAlive(slot)) continue
      const labelSet = tables.labels.setOf(this.labels.labelsOf(this.labelSetOf(slot)))
      slots[slot] = tables.appendNode(nodes.idOf(slot), labelSet, nodes.bytesOf(slot))
    }
    for (let slot = 0; slot < edges.slotCount; slot += 1) {
      if (!edges.isAlive(slot)) continue
      const edgeType = tables.edgeTypeNumber(this.#edgeTypes[this.typeOf(slot)] as string)
      const source = slots[this.sourceOf(slot)] as number
      const target = slots[this.targetOf(slot)] as number
      tables.appendEdge(edges.idOf(slot), { edgeType, source, target }, edges.bytesOf(slot))
    }
    return tables
  }

  #unhang(slot: number): void {
    this.outgoing.take(this.sourceOf(slot), slot)
    this.incoming.take(this.targetOf(slot), slot)
  }

  #growEdges(capacity: number): void {
    this.#types = grown(this.#types, capacity)
    this.#sources = grown(this.#sources, capacity)
    this.#targets = grown(this.#targets, capacity)
  }
}
