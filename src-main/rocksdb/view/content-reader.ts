import { DamageError } from '#base/damage.ts'
import { type BlobReference, decodeBlobIndex } from '../blob-index.ts'
import { formatFileNumber } from '../database-file-name.ts'
import type { Place } from '../place.ts'
import { valueType } from '../value-type.ts'
import { decodeWideColumns } from '../wide-columns.ts'
import type { SourceIterator } from './merging-iterator.ts'
import type { PlainContent, Preview } from './row.ts'
import { damageOf, type ScanReport } from './scan-report.ts'

const COLUMNS_SHOWN_MAX = 1000
const COLUMN_NAME_BYTES_MAX = 1000
/** time or sequence behind the value of a timed put */
const PREFERRED_SEQUENCE_BYTES = 8

/** file number of a value that lies in the table itself */
const EMBEDDED_FILE_NUMBER = 0

/** Finds values that lie in blob files. */
export interface BlobValues {
  /** @throws DamageError, AppError when the file is not there or cannot be read */
  read(reference: Exclude<BlobReference, { kind: 'inlined' }>, userKey: Uint8Array): Uint8Array
}

/** Copies what versions of rows hold, at most so many bytes of each row. */
export class ContentReader {
  readonly #blobs: BlobValues
  readonly #report: ScanReport
  readonly #valueBytesMax: number
  #valueBytesLeft = 0
  /** bytes in the rows so far, keys included */
  bytesCopied = 0

  /** @param valueBytesMax of one row: its value, or all its operands or columns together */
  constructor(blobs: BlobValues, report: ScanReport, valueBytesMax: number) {
    this.#blobs = blobs
    this.#report = report
    this.#valueBytesMax = valueBytesMax
  }

  /** The next row may show its bytes. */
  beginRow(key: Uint8Array): void {
    this.#valueBytesLeft = this.#valueBytesMax
    this.bytesCopied += key.length
  }

  /** What the version under `source` holds, deletions and merge operands left out. */
  content(source: SourceIterator, key: Uint8Array): PlainContent {
    try {
      return this.#decode(source, key)
    } catch (error) {
      if (!(error instanceof DamageError)) throw error
      this.#report.addRow(error.damage, key)
      return { kind: 'unreadable', value: this.#rawPreview(source) }
    }
  }

  /** An operand of a merge. */
  operand(source: SourceIterator, key: Uint8Array): Preview {
    try {
      return this.preview(source.value)
    } catch (error) {
      if (!(error instanceof DamageError)) throw error
      this.#report.addRow(error.damage, key)
      return { bytes: new Uint8Array(), sizeBytes: 0 }
    }
  }

  /** A copy of the first bytes, as many as the row may still show. */
  preview(bytes: Uint8Array): Preview {
    const copy = this.#copy(bytes, this.#valueBytesLeft)
    this.#valueBytesLeft -= copy.length
    return { bytes: copy, sizeBytes: bytes.length }
  }

  #decode(source: SourceIterator, key: Uint8Array): PlainContent {
    const { value } = source
    switch (source.type) {
      case valueType.blobIndex: {
        const reference = decodeBlobIndex(value, placeOf(source, 'blob index'))
        return this.#referenced(source, reference, key)
      }
      case valueType.wideColumnEntity:
        return this.#entity(source, value)
      case valueType.valueWithPreferredSequence:
        return { kind: 'value', value: this.preview(value.subarray(0, -PREFERRED_SEQUENCE_BYTES)) }
      default:
        return { kind: 'value', value: this.preview(value) }
    }
  }

  #referenced(source: SourceIterator, reference: BlobReference, key: Uint8Array): PlainContent {
    if (reference.kind === 'inlined') return { kind: 'value', value: this.preview(reference.value) }
    try {
      const isEmbedded = reference.fileNumber === EMBEDDED_FILE_NUMBER
      const value = isEmbedded ? source.embeddedBlob(reference) : this.#blobs.read(reference, key)
      return { kind: 'value', value: this.preview(value) }
    } catch (error) {
      this.#report.addRow(damageOf(error, `${formatFileNumber(reference.fileNumber)}.blob`, 'blob'), key)
      return { kind: 'blob-reference', reference }
    }
  }

  #entity(source: SourceIterator, value: Uint8Array): PlainContent {
    const all = decodeWideColumns(value, placeOf(source, 'wide-column entity'))
    const columns = all.slice(0, COLUMNS_SHOWN_MAX).map((column) => ({
      name: this.#copy(column.name, COLUMN_NAME_BYTES_MAX),
      isBlobIndex: column.kind === 'blob-index',
      value: this.preview(column.value),
    }))
    return { kind: 'entity', columns, columnCount: all.length }
  }

  #rawPreview(source: SourceIterator): Preview {
    try {
      return this.preview(source.value)
    } catch (error) {
      // the value lies in a log that has changed: reported above
      if (!(error instanceof DamageError)) throw error
      return { bytes: new Uint8Array(), sizeBytes: 0 }
    }
  }

  #copy(bytes: Uint8Array, bytesMax: number): Uint8Array {
    // by constructor: the slice() of a Buffer would be a view of a whole chunk
    const copy = new Uint8Array(bytes.subarray(0, bytesMax))
    this.bytesCopied += copy.length
    return copy
  }
}

function placeOf(source: SourceIterator, structure: string): Place {
  return { file: source.sourceName, structure, offsetBytes: null }
}
