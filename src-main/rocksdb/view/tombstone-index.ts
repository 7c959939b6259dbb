import type { Comparator } from '../comparator.ts'
import type { RangeTombstone } from '../internal-iterator.ts'

/** an array of its own, and its place in two others */
const BOUND_BYTES = 150

/**
 * Range tombstones of one source, cut into fragments that do not overlap, so that a look-up is one binary search
 * (RocksDB: db/range_tombstone_fragmenter.h).
 */
export class TombstoneIndex {
  readonly #comparator: Comparator
  /** fragment i is [bounds[i], bounds[i + 1]) */
  readonly #bounds: readonly Uint8Array[]
  /** newest sequence over fragment i; 0 where nothing is deleted */
  readonly #sequences: Float64Array
  readonly #heldBytes: number

  constructor(tombstones: readonly RangeTombstone[], comparator: Comparator) {
    this.#comparator = comparator
    const real = tombstones.filter(({ begin, end }) => this.#compare(begin, end) < 0)
    this.#bounds = this.#distinctBounds(real)
    this.#sequences = this.#paint(real)
    this.#heldBytes = this.#bounds.reduce((sum, bound) => sum + bound.length + BOUND_BYTES, 0)
  }

  /** Roughly, in memory; 0 when it deletes nothing. */
  get heldBytes(): number {
    return this.#heldBytes
  }

  /** The newest sequence at which the key was deleted, 0 for never: older entries are gone. */
  deletedAt(userKey: Uint8Array): number {
    const fragment = this.#countUpTo(userKey) - 1
    return fragment < 0 ? 0 : (this.#sequences[fragment] ?? 0)
  }

  #distinctBounds(tombstones: readonly RangeTombstone[]): Uint8Array[] {
    const all = tombstones.flatMap(({ begin, end }) => [begin, end]).sort((left, right) => this.#compare(left, right))
    return all.filter((bound, index) => {
      const previous = all[index - 1]
      return previous === undefined || this.#compare(previous, bound) !== 0
    })
  }

  /** Newest first: a fragment keeps its first colour, and a painted stretch is jumped over. */
  #paint(tombstones: readonly RangeTombstone[]): Float64Array {
    const sequences = new Float64Array(this.#bounds.length)
    const nextFree = new Uint32Array(this.#bounds.length + 1).map((_, index) => index)
    const free = (start: number): number => {
      let fragment = start
      while (nextFree[fragment] !== fragment) {
        nextFree[fragment] = nextFree[nextFree[fragment] ?? fragment] ?? fragment
        fragment = nextFree[fragment] ?? fragment
      }
      return fragment
    }
    for (const { begin, end, sequence } of [...tombstones].sort((left, right) => right.sequence - left.sequence)) {
      const stop = this.#countUpTo(end) - 1
      for (let fragment = free(this.#countUpTo(begin) - 1); fragment < stop; fragment = free(fragment)) {
        sequences[fragment] = sequence
        nextFree[fragment] = fragment + 1
      }
    }
    return sequences
  }

  /** How many bounds are at or before the key. */
  #countUpTo(userKey: Uint8Array): number {
    let low = 0
    let high = this.#bounds.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const bound = this.#bounds[middle]
      if (bound !== undefined && this.#compare(bound, userKey) <= 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #compare(left: Uint8Array, right: Uint8Array): number {
    return this.#comparator.compare(left, left.length, right)
  }
}
