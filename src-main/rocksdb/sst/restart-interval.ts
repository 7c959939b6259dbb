import type { KeyBuffer } from './key-buffer.ts'

const FIRST_CAPACITY = 16
/** the engine's default is 16; an interval much longer than any in use must not take memory without bound */
const ENTRIES_MAX = 100_000

const FIELDS = 7
const ENTRY_AT = 0
const ENTRY_END = 1
const SHARED = 2
const DELTA_AT = 3
const KEY_LENGTH = 4
const FIRST = 5
const SECOND = 6

/**
 * The entries of a block from a restart to the one a cursor stands on. An entry says only how its key differs from
 * the one before it, so a walk back would decode the interval again for every step; with this it takes as long as a
 * walk forward. RocksDB: table/block_based/block.cc DataBlockIter::PrevImpl, which keeps copies of the keys instead.
 */
export class RestartInterval {
  // after back() these belong to the entry on top
  entryAt = 0
  entryEnd = 0
  first = 0
  second = 0
  #count = 0
  #fields = new Float64Array(FIRST_CAPACITY * FIELDS)
  /** for every entry the nearest one before it that shares less: it owns the bytes before the entry's own */
  #below = new Int32Array(FIRST_CAPACITY)

  clear(): void {
    this.#count = 0
  }

  /**
   * Adds the entry behind the last one, the first being a restart.
   * @param deltaAt where the bytes lie that the key does not share
   * @param first what else the cursor wants back, like `second`
   * @returns false when the interval is too long to be kept
   */
  push(
    entryAt: number,
    entryEnd: number,
    shared: number,
    deltaAt: number,
    keyLength: number,
    first: number,
    second: number,
  ): boolean {
    const index = this.#count
    if (index === this.#below.length && !this.#grow()) return false
    const fields = this.#fields
    const at = index * FIELDS
    fields[at + ENTRY_AT] = entryAt
    fields[at + ENTRY_END] = entryEnd
    fields[at + SHARED] = shared
    fields[at + DELTA_AT] = deltaAt
    fields[at + KEY_LENGTH] = keyLength
    fields[at + FIRST] = first
    fields[at + SECOND] = second
    let below = index - 1
    while (below >= 0 && this.#field(below, SHARED) >= shared) below = this.#below[below] as number
    this.#below[index] = below
    this.#count = index + 1
    return true
  }

  /**
   * From the entry at `entryAt`, whose key is in `key`, to the one before it. False when that is not kept here: the
   * entry is the restart, or not the one on top.
   */
  back(entryAt: number, key: KeyBuffer, block: Uint8Array): boolean {
    const top = this.#count - 1
    if (top < 1 || this.#field(top, ENTRY_AT) !== entryAt) return false
    this.#count = top
    this.#restoreKey(top - 1, this.#field(top, SHARED), key, block)
    this.entryAt = this.#field(top - 1, ENTRY_AT)
    this.entryEnd = this.#field(top - 1, ENTRY_END)
    this.first = this.#field(top - 1, FIRST)
    this.second = this.#field(top - 1, SECOND)
    return true
  }

  /** The first `kept` bytes are right already; the others lie in this entry and, piece by piece, in those below. */
  #restoreKey(index: number, kept: number, key: KeyBuffer, block: Uint8Array): void {
    const keyLength = this.#field(index, KEY_LENGTH)
    let owner = index
    let pieceEnd = keyLength
    while (pieceEnd > kept) {
      const shared = this.#field(owner, SHARED)
      const pieceAt = shared > kept ? shared : kept
      if (pieceAt < pieceEnd) {
        key.overwrite(pieceAt, block, this.#field(owner, DELTA_AT) + pieceAt - shared, pieceEnd - pieceAt)
        pieceEnd = pieceAt
      }
      owner = this.#below[owner] as number
    }
    key.length = keyLength
  }

  #field(index: number, field: number): number {
    return this.#fields[index * FIELDS + field] as number
  }

  #grow(): boolean {
    const capacity = Math.min(this.#below.length * 2, ENTRIES_MAX)
    if (capacity === this.#below.length) return false
    const fields = new Float64Array(capacity * FIELDS)
    fields.set(this.#fields)
    this.#fields = fields
    const below = new Int32Array(capacity)
    below.set(this.#below)
    this.#below = below
    return true
  }
}
