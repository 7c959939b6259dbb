import { isDeletion, valueType } from '../value-type.ts'
import type { ContentReader } from './content-reader.ts'
import type { MergingIterator } from './merging-iterator.ts'
import type { PlainContent, Preview, Row } from './row.ts'
import { operandsShownMax, type RowServices } from './row-cursor.ts'
import { isSameKey } from './same-key.ts'

/** The newest visible version as far as the versions seen so far tell, which come oldest first. */
type Newest = {
  key: Uint8Array
  sequence: number
  base: PlainContent | null
  operands: Preview[]
  operandCount: number
}

/** Reads rows from the last key to the first. Each key is read whole, as its newest version comes last. */
export class ReverseRowReader {
  readonly #merged: MergingIterator
  readonly #services: RowServices
  /** versions looked at so far */
  entriesRead = 0

  constructor(merged: MergingIterator, services: RowServices) {
    this.#merged = merged
    this.#services = services
  }

  /** The row of the key under the merge, null when it is deleted. The merge moves on to the key before. */
  read(contents: ContentReader): { key: Uint8Array; row: Row | null } {
    const key = new Uint8Array(this.#merged.top.userKey)
    this.#services.report.key = key
    const newest: Newest = { key, sequence: 0, base: null, operands: [], operandCount: 0 }
    for (; this.#isAt(key); this.#merged.advance()) {
      this.entriesRead += 1
      this.#see(newest, contents, key)
    }
    const { sequence, base, operandCount } = newest
    if (operandCount === 0 && base === null) return { key: newest.key, row: null }
    const operands = newest.operands.toReversed()
    const content = operandCount > 0 ? ({ kind: 'merge', operands, operandCount, base } as const) : base
    return { key: newest.key, row: content === null ? null : { key: newest.key, sequence, content } }
  }

  /** Leaves the versions of `key`. */
  skip(key: Uint8Array): void {
    while (this.#isAt(key)) this.#merged.advance()
  }

  #see(newest: Newest, contents: ContentReader, key: Uint8Array): void {
    const { top } = this.#merged
    newest.sequence = top.sequence
    // timestamps make the keys of versions differ: the row has that of the newest
    if (this.#services.comparator.timestampBytes > 0) newest.key = new Uint8Array(top.userKey)
    if (isDeletion(top.type) || top.sequence < this.#services.cover.deletedAt(top.userKey)) {
      newest.base = null
    } else if (top.type === valueType.merge) {
      if (newest.operandCount === 0 && newest.base === null) contents.beginRow(key)
      newest.operandCount += 1
      newest.operands.push(contents.operand(top, key))
      if (newest.operands.length > operandsShownMax) newest.operands.shift()
      return
    } else {
      contents.beginRow(key)
      newest.base = contents.content(top, key)
    }
    newest.operands = []
    newest.operandCount = 0
  }

  #isAt(key: Uint8Array): boolean {
    return this.#merged.valid && isSameKey(this.#merged.top.userKey, key, this.#services.comparator)
  }
}
