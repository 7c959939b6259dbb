import { DamageError } from '#base/damage.ts'
import { decodeBlobIndex } from '../blob-index.ts'
import type { Comparator } from '../comparator.ts'
import { damageAt, type Place } from '../place.ts'
import { isDeletion, valueType } from '../value-type.ts'
import { decodeWideColumns } from '../wide-columns.ts'
import type { MergingIterator } from './merging-iterator.ts'
import type { Preview, Row, RowContent } from './row.ts'
import type { ScanReport } from './scan-report.ts'
import type { TombstoneCover } from './tombstone-cover.ts'

const OPERANDS_SHOWN_MAX = 100
/** a chain this long is an attack: the engine itself would need all of it in memory */
const OPERANDS_READ_MAX = 1_000_000
const COLUMNS_SHOWN_MAX = 1000
const COLUMN_NAME_BYTES_MAX = 1000
/** so many old versions are stepped over before a seek is cheaper */
const VERSIONS_STEPPED_MAX = 100
/** time or sequence behind the value of a timed put */
const PREFERRED_SEQUENCE_BYTES = 8

type PlainContent = Exclude<RowContent, { kind: 'merge' }>

export type RowReaderOptions = {
  readonly comparator: Comparator
  readonly cover: TombstoneCover
  readonly report: ScanReport
  /** of one row: its value, or all its operands or columns together */
  readonly valueBytesMax: number
}

/** Reads the versions of one key at a time from a merge and tells what a reader of the database would see. */
export class RowReader {
  readonly #merged: MergingIterator
  readonly #options: RowReaderOptions
  /** versions read so far */
  entriesRead = 0
  /** bytes in the rows so far, keys included */
  bytesCopied = 0
  #valueBytesLeft = 0

  constructor(merged: MergingIterator, options: RowReaderOptions) {
    this.#merged = merged
    this.#options = options
  }

  /** To the first key behind `key`. */
  seekBehind(key: Uint8Array): void {
    const { successor } = this.#options.comparator
    this.#merged.seek(successor === null ? key : successor(key))
    if (successor === null) while (this.#isAt(key)) this.#advance()
  }

  /** The row of the key under the merge, null when it is deleted. The merge moves behind the key. */
  read(key: Uint8Array): Row | null {
    const { sequence } = this.#merged.top
    this.#valueBytesLeft = this.#options.valueBytesMax
    const operands: Preview[] = []
    let operandCount = 0
    let base: PlainContent | null = null
    for (; this.#isAt(key); this.#advance()) {
      if (this.#isHidden()) break
      if (this.#merged.top.type !== valueType.merge) {
        base = this.#content(key)
        break
      }
      if (operandCount === OPERANDS_READ_MAX) {
        const damage = damageAt(this.#place('merge operands'), 'more than are read here', `${OPERANDS_READ_MAX}`)
        this.#options.report.addRow(damage, key)
        break
      }
      operandCount += 1
      if (operands.length < OPERANDS_SHOWN_MAX) operands.push(this.#preview(this.#merged.top.value))
    }
    this.#skip(key)
    const content: RowContent | null = operandCount > 0 ? { kind: 'merge', operands, operandCount, base } : base
    if (content === null) return null
    this.bytesCopied += key.length
    return { key, sequence, content }
  }

  /** True when the merge stands on another version of `key`; timestamps in keys do not make them different. */
  #isAt(key: Uint8Array): boolean {
    if (!this.#merged.valid) return false
    const { userKey } = this.#merged.top
    const length = userKey.length - this.#options.comparator.timestampBytes
    if (userKey.length !== key.length) return false
    for (let index = length - 1; index >= 0; index -= 1) if (userKey[index] !== key[index]) return false
    return true
  }

  /** Leaves the key with all its versions. */
  #skip(key: Uint8Array): void {
    for (let steps = 0; steps < VERSIONS_STEPPED_MAX; steps += 1) {
      if (!this.#isAt(key)) return
      this.#advance()
    }
    this.seekBehind(key)
  }

  #advance(): void {
    this.entriesRead += 1
    this.#merged.next()
  }

  #isHidden(): boolean {
    const { top } = this.#merged
    return isDeletion(top.type) || top.sequence < this.#options.cover.deletedAt(top.userKey)
  }

  #content(key: Uint8Array): PlainContent {
    const { type, value } = this.#merged.top
    try {
      switch (type) {
        case valueType.blobIndex:
          return this.#reference(value)
        case valueType.wideColumnEntity:
          return this.#entity(value)
        case valueType.valueWithPreferredSequence:
          return { kind: 'value', value: this.#preview(value.subarray(0, -PREFERRED_SEQUENCE_BYTES)) }
        default:
          return { kind: 'value', value: this.#preview(value) }
      }
    } catch (error) {
      if (!(error instanceof DamageError)) throw error
      this.#options.report.addRow(error.damage, key)
      return { kind: 'unreadable', value: this.#preview(value) }
    }
  }

  #reference(value: Uint8Array): PlainContent {
    const reference = decodeBlobIndex(value, this.#place('blob index'))
    if (reference.kind === 'inlined') return { kind: 'value', value: this.#preview(reference.value) }
    return { kind: 'blob-reference', reference }
  }

  #entity(value: Uint8Array): PlainContent {
    const all = decodeWideColumns(value, this.#place('wide-column entity'))
    const columns = all.slice(0, COLUMNS_SHOWN_MAX).map((column) => ({
      name: this.#copy(column.name, COLUMN_NAME_BYTES_MAX),
      isBlobIndex: column.kind === 'blob-index',
      value: this.#preview(column.value),
    }))
    return { kind: 'entity', columns, columnCount: all.length }
  }

  #place(structure: string): Place {
    return { file: this.#merged.top.sourceName, structure, offsetBytes: null }
  }

  /** A copy of the first bytes, as many as the row may still show. */
  #preview(bytes: Uint8Array): Preview {
    const copy = this.#copy(bytes, this.#valueBytesLeft)
    this.#valueBytesLeft -= copy.length
    return { bytes: copy, sizeBytes: bytes.length }
  }

  #copy(bytes: Uint8Array, bytesMax: number): Uint8Array {
    // by constructor: the slice() of a Buffer would be a view of a whole chunk
    const copy = new Uint8Array(bytes.subarray(0, bytesMax))
    this.bytesCopied += copy.length
    return copy
  }
}
