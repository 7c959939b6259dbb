import { DamageError } from '#base/damage.ts'
import { type BlobReference, decodeBlobIndex } from '../blob-index.ts'
import type { Comparator } from '../sst/comparator.ts'
import { isDeletion, valueType } from '../value-type.ts'
import { decodeWideColumns } from '../wide-columns.ts'
import type { MergingIterator } from './merging-iterator.ts'
import { type Preview, previewOf, type Row, type RowContent } from './row.ts'
import type { ScanReport } from './scan-report.ts'
import type { TombstoneCover } from './tombstone-cover.ts'

const OPERANDS_SHOWN_MAX = 100
const COLUMNS_SHOWN_MAX = 1000
/** time or sequence behind the value of a timed put */
const PREFERRED_SEQUENCE_BYTES = 8

type PlainContent = Exclude<RowContent, { kind: 'merge' }>

export type RowReaderOptions = {
  readonly comparator: Comparator
  readonly cover: TombstoneCover
  readonly report: ScanReport
  readonly valueBytesMax: number
}

/** Reads the versions of one key at a time from a merge and tells what a reader of the database would see. */
export class RowReader {
  readonly #merged: MergingIterator
  readonly #options: RowReaderOptions
  /** versions read so far */
  entriesRead = 0

  constructor(merged: MergingIterator, options: RowReaderOptions) {
    this.#merged = merged
    this.#options = options
  }

  /** True when the merge stands on another version of `key`; timestamps in keys do not make them different. */
  isAt(key: Uint8Array): boolean {
    if (!this.#merged.valid) return false
    const { userKey } = this.#merged
    const { timestampBytes } = this.#options.comparator
    const length = userKey.length - timestampBytes
    if (length !== key.length - timestampBytes) return false
    return Buffer.compare(userKey.subarray(0, length), key.subarray(0, length)) === 0
  }

  /** Leaves the key with all its versions. */
  skip(key: Uint8Array): void {
    while (this.isAt(key)) this.#advance()
  }

  /** The row of the key under the merge, null when it is deleted. The merge moves behind the key. */
  read(key: Uint8Array): Row | null {
    const sequence = this.#merged.sequence
    const operands: Preview[] = []
    let operandCount = 0
    let base: PlainContent | null = null
    for (; this.isAt(key); this.#advance()) {
      if (this.#isHidden()) break
      if (this.#merged.type !== valueType.merge) {
        base = this.#content(key)
        break
      }
      operandCount += 1
      if (operands.length < OPERANDS_SHOWN_MAX) {
        operands.push(previewOf(this.#merged.value, this.#options.valueBytesMax))
      }
    }
    this.skip(key)
    if (operandCount > 0) return { key, sequence, content: { kind: 'merge', operands, operandCount, base } }
    return base === null ? null : { key, sequence, content: base }
  }

  #advance(): void {
    this.entriesRead += 1
    this.#merged.next()
  }

  #isHidden(): boolean {
    return isDeletion(this.#merged.type) || this.#merged.sequence < this.#options.cover.deletedAt(this.#merged.userKey)
  }

  #content(key: Uint8Array): PlainContent {
    const { type, value } = this.#merged
    const { valueBytesMax } = this.#options
    try {
      switch (type) {
        case valueType.blobIndex:
          return { kind: 'blob-reference', reference: this.#reference(value) }
        case valueType.wideColumnEntity:
          return this.#entity(value)
        case valueType.valueWithPreferredSequence:
          return { kind: 'value', value: previewOf(value.subarray(0, -PREFERRED_SEQUENCE_BYTES), valueBytesMax) }
        default:
          return { kind: 'value', value: previewOf(value, valueBytesMax) }
      }
    } catch (error) {
      if (!(error instanceof DamageError)) throw error
      this.#options.report.addRow(error, key)
      return { kind: 'unreadable', value: previewOf(value, valueBytesMax) }
    }
  }

  #reference(value: Uint8Array): BlobReference {
    const place = { file: this.#merged.sourceName, structure: 'blob index', baseOffsetBytes: null }
    const reference = decodeBlobIndex(value, place)
    return reference.kind === 'inlined' ? { ...reference, value: new Uint8Array(reference.value) } : reference
  }

  #entity(value: Uint8Array): PlainContent {
    const place = { file: this.#merged.sourceName, structure: 'wide-column entity', baseOffsetBytes: null }
    const all = decodeWideColumns(value, place)
    const columns = all.slice(0, COLUMNS_SHOWN_MAX).map((column) => ({
      name: new Uint8Array(column.name),
      isBlobIndex: column.kind === 'blob-index',
      value: previewOf(column.value, this.#options.valueBytesMax),
    }))
    return { kind: 'entity', columns, columnCount: all.length }
  }
}
