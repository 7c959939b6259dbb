import type { Comparator } from '../comparator.ts'
import type { TableFile } from '../manifest/manifest-state.ts'
import type { MemoryBudget } from '../memory-budget.ts'
import { type Direction, signOf } from './direction.ts'
import type { TombstoneIndex } from './tombstone-index.ts'

type Source = { readonly index: TombstoneIndex; readonly file: TableFile | null }

/**
 * The range tombstones under a scan, each source with its own index. A table's tombstones count
 * between its smallest and largest key only: they may reach further, over keys that a compaction has since written
 * anew with sequence 0 (RocksDB: db/range_del_aggregator.h, TruncatedRangeDelIterator).
 */
export class TombstoneCover {
  readonly #comparator: Comparator
  readonly #memory: MemoryBudget
  readonly #isForward: boolean
  readonly #sources: Source[] = []

  constructor(comparator: Comparator, memory: MemoryBudget, direction: Direction) {
    this.#isForward = signOf(direction) === 1
    this.#comparator = comparator
    this.#memory = memory
  }

  /** @param file the table they are in, null for the logs @throws AppError LIMIT_EXCEEDED */
  add(index: TombstoneIndex, file: TableFile | null): void {
    if (index.heldBytes === 0) return
    this.#memory.take(index.heldBytes)
    this.#sources.push({ index, file })
  }

  /**
   * The newest sequence at which the key was deleted as part of a range, 0 for never.
   * @param userKey not behind that of the call before, in the scan's direction: what it has left is forgotten
   */
  deletedAt(userKey: Uint8Array): number {
    let newest = 0
    for (let at = this.#sources.length - 1; at >= 0; at -= 1) {
      const { index, file } = this.#sources[at] as Source
      if (file === null) {
        newest = Math.max(newest, index.deletedAt(userKey))
        continue
      }
      const hasBegun = this.#hasBegun(file, userKey)
      const hasEnded = this.#hasEnded(file, userKey)
      if (this.#isForward ? hasEnded : !hasBegun) this.#forget(at)
      else if (hasBegun && !hasEnded) newest = Math.max(newest, index.deletedAt(userKey))
    }
    return newest
  }

  #hasEnded({ largestKey, largestKeyIsExcluded }: TableFile, userKey: Uint8Array): boolean {
    const order = this.#comparator.compare(largestKey, largestKey.length, userKey)
    return order < 0 || (order === 0 && largestKeyIsExcluded)
  }

  #hasBegun({ smallestKey }: TableFile, userKey: Uint8Array): boolean {
    return this.#comparator.compare(smallestKey, smallestKey.length, userKey) <= 0
  }

  #forget(at: number): void {
    const [source] = this.#sources.splice(at, 1)
    this.#memory.take(-(source?.index.heldBytes ?? 0))
  }
}
