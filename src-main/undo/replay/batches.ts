/** Collects rows up to a number of bytes and of rows. */
export class Batch<Row> {
  readonly #bytesMax: number
  readonly #rowsMax: number
  #rows: Row[] = []
  #usedBytes = 0

  constructor(bytesMax: number, rowsMax: number) {
    this.#bytesMax = bytesMax
    this.#rowsMax = rowsMax
  }

  get isEmpty(): boolean {
    return this.#rows.length === 0
  }

  /** A row of this size can never be sent. */
  isTooLong(sizeBytes: number): boolean {
    return sizeBytes > this.#bytesMax
  }

  /** False: take the rows away first. */
  hasRoomFor(sizeBytes: number): boolean {
    return this.#rows.length < this.#rowsMax && this.#usedBytes + sizeBytes <= this.#bytesMax
  }

  add(row: Row, sizeBytes: number): void {
    this.#rows.push(row)
    this.#usedBytes += sizeBytes
  }

  take(): Row[] {
    const rows = this.#rows
    this.#rows = []
    this.#usedBytes = 0
    return rows
  }
}
