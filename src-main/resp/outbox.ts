/** what is given to the socket at once: small enough to see progress on a slow link */
const pieceBytesMax = 128 * 1024
/** one is on its way while the next is made ready */
const piecesOnTheWayMax = 2

export type OutboxInput = {
  /** sends bytes; `sent` is called when they have left this process */
  readonly write: (bytes: Uint8Array, sent: () => void) => void
  readonly monotonicUs: () => number
}

type Waiter = { readonly bytesMax: number; readonly resolve: () => void }

/** What a client has still to read. Given to the socket piece by piece, so that what was read is known. */
export class Outbox {
  readonly #input: OutboxInput
  #chunks: Uint8Array[] = []
  #first = 0
  #offset = 0
  #queuedBytes = 0
  #bytesOnTheWay = 0
  #piecesOnTheWay = 0
  #lastProgressUs: number
  #waiters: Waiter[] = []
  #isStopped = false

  constructor(input: OutboxInput) {
    this.#input = input
    this.#lastProgressUs = input.monotonicUs()
  }

  get unsentBytes(): number {
    return this.#queuedBytes + this.#bytesOnTheWay
  }

  /** Since when nothing has moved, null when nothing has to. */
  get stalledSinceUs(): number | null {
    return this.unsentBytes === 0 ? null : this.#lastProgressUs
  }

  push(chunk: Uint8Array): void {
    if (this.#isStopped || chunk.length === 0) return
    if (this.unsentBytes === 0) this.#lastProgressUs = this.#input.monotonicUs()
    this.#chunks.push(chunk)
    this.#queuedBytes += chunk.length
    this.#pump()
  }

  /** Resolves when no more than `bytesMax` are unsent, or nothing will be sent any more. */
  whenAtMost(bytesMax: number): Promise<void> {
    if (this.#isStopped || this.unsentBytes <= bytesMax) return Promise.resolve()
    return new Promise((resolve) => this.#waiters.push({ bytesMax, resolve }))
  }

  /** Drops everything: the client is gone. */
  stop(): void {
    this.#isStopped = true
    this.#chunks = []
    this.#queuedBytes = 0
    this.#bytesOnTheWay = 0
    this.#wake()
  }

  #pump(): void {
    while (!this.#isStopped && this.#piecesOnTheWay < piecesOnTheWayMax && this.#queuedBytes > 0) {
      const piece = this.#takePiece()
      this.#queuedBytes -= piece.length
      this.#bytesOnTheWay += piece.length
      this.#piecesOnTheWay += 1
      this.#input.write(piece, () => this.#sent(piece.length))
    }
  }

  #sent(sizeBytes: number): void {
    if (this.#isStopped) return
    this.#piecesOnTheWay -= 1
    this.#bytesOnTheWay -= sizeBytes
    this.#lastProgressUs = this.#input.monotonicUs()
    this.#pump()
    this.#wake()
  }

  #takePiece(): Uint8Array {
    const parts: Uint8Array[] = []
    let room = pieceBytesMax
    for (let chunk = this.#chunks[this.#first]; chunk !== undefined && room > 0; chunk = this.#chunks[this.#first]) {
      const part = chunk.subarray(this.#offset, this.#offset + room)
      // a large chunk goes out as it is, without being copied beside a short one
      if (parts.length > 0 && part.length === room) break
      parts.push(part)
      room -= part.length
      this.#offset += part.length
      if (this.#offset < chunk.length) break
      this.#offset = 0
      this.#first += 1
    }
    this.#forgetTaken()
    const [only] = parts
    return parts.length === 1 && only !== undefined ? only : Buffer.concat(parts)
  }

  #forgetTaken(): void {
    if (this.#first === this.#chunks.length) this.#chunks = []
    else if (this.#first < 1024) return
    else this.#chunks = this.#chunks.slice(this.#first)
    this.#first = 0
  }

  #wake(): void {
    if (this.#waiters.length === 0) return
    const ready = this.#waiters.filter((waiter) => this.#isStopped || this.unsentBytes <= waiter.bytesMax)
    this.#waiters = this.#waiters.filter((waiter) => !ready.includes(waiter))
    for (const waiter of ready) waiter.resolve()
  }
}
