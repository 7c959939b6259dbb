import { assert } from '#base/assert.ts'
import type { InternalIterator } from '../internal-iterator.ts'
import type { WalRun } from './wal-run.ts'

const EMPTY = new Uint8Array(0)

/** A cursor over a run; the run must not grow while it is used. */
export class WalRunIterator implements InternalIterator {
  valid = false
  sequence = 0
  type = 0
  userKey: Uint8Array = EMPTY
  readonly #run: WalRun
  readonly #order: Uint32Array
  #position = 0

  constructor(run: WalRun) {
    this.#run = run
    this.#order = run.sorted()
  }

  get value(): Uint8Array {
    return this.#run.valueOf(this.#order[this.#position] ?? 0)
  }

  /** The log that the entry comes from. */
  get file(): string {
    return this.#run.fileOf(this.#order[this.#position] ?? 0)
  }

  seekToFirst(): void {
    this.#moveTo(0)
  }

  seekToLast(): void {
    this.#moveTo(this.#order.length - 1)
  }

  seek(userKey: Uint8Array): void {
    this.#moveTo(this.#countBefore(userKey, false))
  }

  seekForPrev(userKey: Uint8Array): void {
    this.#moveTo(this.#countBefore(userKey, true) - 1)
  }

  next(): void {
    assert(this.valid, 'next() needs an entry to move from')
    this.#moveTo(this.#position + 1)
  }

  prev(): void {
    assert(this.valid, 'prev() needs an entry to move from')
    this.#moveTo(this.#position - 1)
  }

  /** How many entries have keys before `userKey`, or equal to it as well. */
  #countBefore(userKey: Uint8Array, countsEqual: boolean): number {
    let low = 0
    let high = this.#order.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const order = this.#run.compareKey(this.#order[middle] ?? 0, userKey)
      if (order < 0 || (countsEqual && order === 0)) low = middle + 1
      else high = middle
    }
    return low
  }

  #moveTo(position: number): void {
    this.#position = position
    const entry = this.#order[position]
    this.valid = entry !== undefined
    if (entry === undefined) return
    this.userKey = this.#run.keyOf(entry)
    this.sequence = this.#run.sequenceOf(entry)
    this.type = this.#run.typeOf(entry)
  }
}
