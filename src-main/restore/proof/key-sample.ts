/** so many keys at least, where a family has them */
const KEYS_MIN = 1000
const BYTES_MAX = 32 * 1024 * 1024

export type SampledKey = { readonly key: Uint8Array; readonly digest: string }

/**
 * An even choice of rows that come in order, without knowing how many there will be: each nth, and when that is too many every
 * second one of them. The same rows always give the same choice.
 */
export class KeySample {
  #keys: SampledKey[] = []
  #stride = 1
  #rowCount = 0
  #sizeBytes = 0

  /** In their order. */
  get keys(): readonly SampledKey[] {
    return this.#keys
  }

  /** Whether the next one is chosen: then add() it. */
  takesNext(): boolean {
    const isChosen = this.#rowCount % this.#stride === 0
    this.#rowCount += 1
    return isChosen
  }

  /** @param key is copied */
  add(key: Uint8Array, digest: string): void {
    this.#keys.push({ key: new Uint8Array(key), digest })
    this.#sizeBytes += key.length
    if (this.#keys.length >= 2 * KEYS_MIN || (this.#sizeBytes > BYTES_MAX && this.#keys.length > 1)) this.#halve()
  }

  #halve(): void {
    this.#keys = this.#keys.filter((_, index) => index % 2 === 0)
    this.#stride *= 2
    this.#sizeBytes = this.#keys.reduce((sum, { key }) => sum + key.length, 0)
  }
}
