import type { TombstoneIndex } from './tombstone-index.ts'

/** The range tombstones that a scan has met so far, each source with its own index. */
export class TombstoneCover {
  readonly #indexes: TombstoneIndex[] = []

  add(index: TombstoneIndex): void {
    if (!index.isEmpty) this.#indexes.push(index)
  }

  /** The newest sequence at which the key was deleted as part of a range, 0 for never. */
  deletedAt(userKey: Uint8Array): number {
    let newest = 0
    for (const index of this.#indexes) newest = Math.max(newest, index.deletedAt(userKey))
    return newest
  }
}
