import { toHex } from '#base/bytes.ts'
import { limits } from '#base/limits.ts'
import { KeyOrder } from '../../rocksdb/diff/key-order.ts'
import type { RowWalk } from '../../rocksdb/view/view.ts'
import { contentDigest } from './content-digest.ts'
import type { Differences } from './differences.ts'
import type { SampledKey } from './key-sample.ts'

const KEY_BYTES_SHOWN = 64

/** Looks for sampled keys among rows that come in order, and compares what they hold. */
export class SampleComparison {
  comparedCount = 0
  readonly #family: string
  readonly #keys: readonly SampledKey[]
  readonly #differences: Differences
  #next = 0

  constructor(family: string, keys: readonly SampledKey[], differences: Differences) {
    this.#family = family
    this.#keys = keys
    this.#differences = differences
  }

  /** The row that a walk stands on. */
  row(walk: RowWalk): void {
    const { key } = walk.cursor
    const order = new KeyOrder(walk.comparator)
    for (let sampled = this.#keys[this.#next]; sampled !== undefined; sampled = this.#keys[this.#next]) {
      const compared = order.compare(sampled.key, key)
      if (compared > 0) return
      this.#next += 1
      this.comparedCount += 1
      if (compared < 0) this.#missing(sampled)
      else if (digestOfRow(walk) !== sampled.digest) {
        this.#differences.add(`Key ${keyText(sampled.key)} of family ${this.#family} holds another value.`)
      }
      if (compared === 0) return
    }
  }

  /** No row follows. */
  end(): void {
    for (const sampled of this.#keys.slice(this.#next)) {
      this.comparedCount += 1
      this.#missing(sampled)
    }
    this.#next = this.#keys.length
  }

  #missing({ key }: SampledKey): void {
    this.#differences.add(`Key ${keyText(key)} of family ${this.#family} is missing.`)
  }
}

/** Of the whole content of the row that a walk stands on. */
export function digestOfRow(walk: RowWalk): string {
  return contentDigest(walk.row(limits.blobValueBytesMax).content)
}

export function keyText(key: Uint8Array): string {
  const shown = toHex(key.subarray(0, KEY_BYTES_SHOWN))
  return key.length > KEY_BYTES_SHOWN ? `0x${shown}… (${key.length} bytes)` : `0x${shown}`
}
