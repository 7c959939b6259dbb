import { encodeRowKey, type RowKey } from '../../samyama/keys.ts'

const HEX_DIGITS = new TextEncoder().encode('0123456789abcdef')
const ID_DIGITS = 16
const KEYS_PER_SLAB = 4096

/**
 * Keys of the rows of one kind of one tenant (docs/formats/samyama.md §1.3), many in one piece of memory: a commit may delete
 * a million rows.
 */
export class RowKeys {
  readonly #prefix: Uint8Array
  readonly #capacity: number
  #slab = new Uint8Array(0)
  #usedBytes = 0

  /** @param count how many keys will be asked for, about */
  constructor(tenant: string, type: RowKey['type'], count: number) {
    const key = encodeRowKey({ tenant, type, id: 0n })
    this.#prefix = key.subarray(0, key.byteLength - ID_DIGITS)
    this.#capacity = Math.max(1, Math.min(count, KEYS_PER_SLAB))
  }

  /** The key of an id, which is a safe integer. */
  of(id: number): Uint8Array {
    const keyBytes = this.#prefix.byteLength + ID_DIGITS
    if (this.#usedBytes + keyBytes > this.#slab.byteLength) {
      this.#slab = new Uint8Array(keyBytes * this.#capacity)
      this.#usedBytes = 0
    }
    const key = this.#slab.subarray(this.#usedBytes, this.#usedBytes + keyBytes)
    this.#usedBytes += keyBytes
    key.set(this.#prefix)
    let rest = id
    for (let at = keyBytes - 1; at >= this.#prefix.byteLength; at -= 1) {
      key[at] = HEX_DIGITS[rest % 16] as number
      rest = Math.floor(rest / 16)
    }
    return key
  }

  /** Where all keys of this kind and tenant begin, and where they have ended. */
  range(): { readonly start: Uint8Array; readonly end: Uint8Array } {
    const end = this.#prefix.slice()
    end[end.length - 1] = (end[end.length - 1] as number) + 1
    return { start: this.#prefix, end }
  }
}
