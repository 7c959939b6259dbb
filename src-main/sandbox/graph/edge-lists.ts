import { grown, nextCapacity } from './columns.ts'

const NONE = -1
const FIRST_CAPACITY = 64

/**
 * For each node the list of its edges in one direction, in the order of their slots, as links in columns. An edge that was
 * taken out keeps its own links: put() undoes take() in reverse order, and a walk that stands on it finds its way on.
 */
export class EdgeLists {
  #first = new Int32Array(FIRST_CAPACITY)
  #last = new Int32Array(FIRST_CAPACITY)
  #next = new Int32Array(FIRST_CAPACITY)
  #previous = new Int32Array(FIRST_CAPACITY)

  /** Begins the list of a node. */
  addNode(node: number): void {
    if (node >= this.#first.length) {
      const capacity = nextCapacity(Math.max(node, this.#first.length))
      this.#first = grown(this.#first, capacity)
      this.#last = grown(this.#last, capacity)
    }
    this.#first[node] = NONE
    this.#last[node] = NONE
  }

  /** Adds a new edge, whose slot is greater than all before, at the end of the list of a node. */
  append(node: number, edge: number): void {
    if (edge >= this.#next.length) {
      const capacity = nextCapacity(Math.max(edge, this.#next.length))
      this.#next = grown(this.#next, capacity)
      this.#previous = grown(this.#previous, capacity)
    }
    this.#next[edge] = NONE
    this.#previous[edge] = this.#last[node] as number
    this.put(node, edge)
  }

  take(node: number, edge: number): void {
    const next = this.#next[edge] as number
    const previous = this.#previous[edge] as number
    if (previous === NONE) this.#first[node] = next
    else this.#next[previous] = next
    if (next === NONE) this.#last[node] = previous
    else this.#previous[next] = previous
  }

  /** Puts an edge back to where take() took it from. */
  put(node: number, edge: number): void {
    const next = this.#next[edge] as number
    const previous = this.#previous[edge] as number
    if (previous === NONE) this.#first[node] = edge
    else this.#next[previous] = edge
    if (next === NONE) this.#last[node] = edge
    else this.#previous[next] = edge
  }

  isEmpty(node: number): boolean {
    return this.#first[node] === NONE
  }

  /** The first edge of a node, or -1. */
  first(node: number): number {
    return this.#first[node] as number
  }

  /** The edge behind an edge, or -1. */
  next(edge: number): number {
    return this.#next[edge] as number
  }
}
