import { assert } from '#base/assert.ts'
import { grown, nextCapacity } from './columns.ts'
import { RowArena } from './row-arena.ts'

const FIRST_CAPACITY = 64

/** Where the bytes of a row lie in the arena. */
export type RowPlace = { readonly position: number; readonly sizeBytes: number }

/**
 * Rows by slot: a slot is the number of a row in the order of ids, which only grow. A dead row keeps its slot, so that it can
 * be revived when a query fails; the slots of dead rows are given back when the table is built anew.
 */
export class RowTable {
  slotCount = 0
  liveCount = 0
  liveBytes = 0
  readonly #arena = new RowArena()
  #ids = new Float64Array(FIRST_CAPACITY)
  #positions = new Float64Array(FIRST_CAPACITY)
  #sizes = new Uint32Array(FIRST_CAPACITY)
  #alive = new Uint8Array(FIRST_CAPACITY)

  get capacity(): number {
    return this.#ids.length
  }

  get garbageBytes(): number {
    return this.#arena.storedBytes - this.liveBytes
  }

  /** Returns its slot. The id must be greater than all before. */
  append(id: number, row: Uint8Array): number {
    const slot = this.slotCount
    assert(slot === 0 || id > this.idOf(slot - 1), 'ids ascend')
    if (slot === this.capacity) this.#grow()
    this.#ids[slot] = id
    this.#setPlace(slot, { position: this.#arena.store(row), sizeBytes: row.byteLength })
    this.slotCount += 1
    this.revive(slot)
    return slot
  }

  /** Takes the last append() back. */
  removeLast(): void {
    this.kill(this.slotCount - 1)
    this.slotCount -= 1
  }

  kill(slot: number): void {
    assert(this.isAlive(slot), 'a dead row does not die')
    this.#alive[slot] = 0
    this.liveCount -= 1
    this.liveBytes -= this.#sizes[slot] as number
  }

  revive(slot: number): void {
    this.#alive[slot] = 1
    this.liveCount += 1
    this.liveBytes += this.#sizes[slot] as number
  }

  isAlive(slot: number): boolean {
    return this.#alive[slot] === 1
  }

  idOf(slot: number): number {
    return this.#ids[slot] as number
  }

  /** The slot of a living row, or -1. */
  slotOf(id: number): number {
    const slot = this.#search(id)
    return slot >= 0 && this.isAlive(slot) ? slot : -1
  }

  bytesOf(slot: number): Uint8Array {
    return this.#arena.at(this.#positions[slot] as number, this.#sizes[slot] as number)
  }

  /** Gives a living row other bytes; returns where the ones before lie, for putBack(). */
  replace(slot: number, row: Uint8Array): RowPlace {
    const before = { position: this.#positions[slot] as number, sizeBytes: this.#sizes[slot] as number }
    this.putBack(slot, { position: this.#arena.store(row), sizeBytes: row.byteLength })
    return before
  }

  putBack(slot: number, place: RowPlace): void {
    this.liveBytes += place.sizeBytes - (this.#sizes[slot] as number)
    this.#setPlace(slot, place)
  }

  /** Ids have gaps only where rows were deleted, so that most lie where a count from the first one says. */
  #search(id: number): number {
    const guess = id - (this.#ids[0] as number)
    if (this.slotCount === 0 || !(guess >= 0)) return -1
    if (guess < this.slotCount && this.#ids[guess] === id) return guess
    let low = 0
    let high = Math.min(Math.floor(guess), this.slotCount)
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#ids[middle] as number) < id) low = middle + 1
      else high = middle
    }
    return low < this.slotCount && this.#ids[low] === id ? low : -1
  }

  #setPlace(slot: number, place: RowPlace): void {
    this.#positions[slot] = place.position
    this.#sizes[slot] = place.sizeBytes
  }

  #grow(): void {
    const capacity = nextCapacity(this.capacity)
    this.#ids = grown(this.#ids, capacity)
    this.#positions = grown(this.#positions, capacity)
    this.#sizes = grown(this.#sizes, capacity)
    this.#alive = grown(this.#alive, capacity)
  }
}
