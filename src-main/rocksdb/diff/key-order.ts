import { type Comparator, withoutTimestamp } from '../comparator.ts'

/** The order of keys whose versions may differ in a timestamp at their end: such versions are one key. */
export class KeyOrder {
  readonly #base: Comparator
  readonly #timestampBytes: number

  constructor(comparator: Comparator) {
    this.#timestampBytes = comparator.timestampBytes
    this.#base = comparator.timestampBytes === 0 ? comparator : withoutTimestamp(comparator)
  }

  compare(left: Uint8Array, right: Uint8Array): number {
    const bytes = this.#timestampBytes
    if (bytes === 0) return this.#base.compare(left, left.length, right)
    return this.#base.compare(left, left.length - bytes, right.subarray(0, right.length - bytes))
  }

  /** Where to seek for the newest version of a key: in front of every timestamp. */
  seekKey(key: Uint8Array): Uint8Array {
    if (this.#timestampBytes === 0) return key
    return new Uint8Array(key).fill(0xff, key.length - this.#timestampBytes)
  }
}
