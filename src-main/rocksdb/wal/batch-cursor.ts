import { ByteReader } from '../byte-reader.ts'
import type { Place } from '../place.ts'
import { valueType } from '../value-type.ts'

/** Records of a batch that are no data: they are visited but not counted. */
export const markerType = {
  beginPrepare: 0x09,
  endPrepare: 0x0a,
  commit: 0x0b,
  rollback: 0x0c,
  noop: 0x0d,
  beginPersistedPrepare: 0x12,
  beginUnprepare: 0x13,
  commitWithTimestamp: 0x15,
} as const

export const LOG_DATA = 0x03
const TIMED_PUT_SUFFIX_BYTES = 8

/**
 * Walks the records of one write batch after another and gives positions in the payload, so that nothing is allocated
 * for a record (RocksDB: db/write_batch.cc; docs/formats/rocksdb.md §3). The fields tell the present record.
 */
export class BatchCursor {
  /** of the first operation; each further one has the next (docs/formats/rocksdb.md §3.1) */
  startSequence = 0
  /** operations that the header promises; proved once next() has said false */
  count = 0
  /** the present operation's sequence, or that of the next operation */
  sequence = 0
  /** a valueType (the column family form of a tag is given as its plain twin), a markerType or LOG_DATA */
  type = 0
  isOperation = false
  columnFamilyId = 0
  /** where the record starts */
  recordAt = 0
  /** the key; of a range deletion its inclusive begin, of a marker the transaction's id, of LogData the data */
  keyAt = 0
  keyEnd = 0
  /** the value; of a range deletion its exclusive end, of a marker the commit timestamp */
  valueAt = 0
  valueEnd = 0
  readonly #reader: ByteReader
  #operations = 0

  /** @param place file and structure, for damage */
  constructor(place: Place) {
    this.#reader = new ByteReader(new Uint8Array(0), place)
  }

  /**
   * Reads the header of a batch.
   * @param offsetBytes of the payload in its file; null when it has no one place
   * @throws DamageError
   */
  reset(payload: Uint8Array, offsetBytes: number | null): void {
    const reader = this.#reader
    reader.reset(payload, offsetBytes)
    this.startSequence = reader.fixed64()
    this.count = reader.fixed32()
    this.#operations = 0
    if (Number.isSafeInteger(this.startSequence + this.count)) return
    reader.fail('sequence numbers run over', undefined, `${this.startSequence}+${this.count}`)
  }

  /**
   * Goes to the next record; false after the last one.
   * @throws DamageError also when the number of operations is not that of the header
   */
  next(): boolean {
    const reader = this.#reader
    this.sequence = this.startSequence + this.#operations
    if (reader.remaining === 0) {
      if (this.#operations !== this.count) {
        reader.fail('wrong number of operations', `${this.count}`, `${this.#operations}`)
      }
      return false
    }
    this.recordAt = reader.position
    const tag = reader.u8()
    const type = operationType(tag)
    this.isOperation = type >= 0
    if (type < 0) {
      this.#readOther(tag)
      return true
    }
    this.#operations += 1
    this.type = type
    this.columnFamilyId = tag === type ? 0 : reader.varint32()
    this.#readKey()
    this.#setNoValue()
    if (hasValue(type)) this.#readValue()
    if (type === valueType.valueWithPreferredSequence && this.valueEnd - this.valueAt < TIMED_PUT_SUFFIX_BYTES) {
      const found = `${this.valueEnd - this.valueAt} bytes`
      reader.fail('a timed put without its time', `${TIMED_PUT_SUFFIX_BYTES} bytes`, found)
    }
    return true
  }

  /** Reads on to the end, which proves the batch; the cursor is of no use after it. @throws DamageError */
  prove(): void {
    while (this.next());
  }

  /** Reports damage of the present record. */
  fail(problem: string, expected?: string, found?: string): never {
    this.#reader.position = this.recordAt
    return this.#reader.fail(problem, expected, found)
  }

  #readOther(tag: number): void {
    if (tag !== LOG_DATA && !isMarker(tag)) this.fail('unknown tag in a write batch', undefined, `${tag}`)
    this.type = tag
    this.columnFamilyId = 0
    this.keyAt = this.#reader.position
    this.keyEnd = this.keyAt
    this.#setNoValue()
    if (tag === markerType.commitWithTimestamp) this.#readValue()
    if (tag === LOG_DATA || hasTransactionId(tag)) this.#readKey()
  }

  #readKey(): void {
    const lengthBytes = this.#length()
    this.keyAt = this.#reader.position
    this.keyEnd = this.keyAt + lengthBytes
    this.#reader.position = this.keyEnd
  }

  #readValue(): void {
    const lengthBytes = this.#length()
    this.valueAt = this.#reader.position
    this.valueEnd = this.valueAt + lengthBytes
    this.#reader.position = this.valueEnd
  }

  #setNoValue(): void {
    this.valueAt = this.#reader.position
    this.valueEnd = this.valueAt
  }

  /** A varint32 length of something that is there. */
  #length(): number {
    const reader = this.#reader
    const start = reader.position
    const lengthBytes = reader.varint32()
    if (lengthBytes <= reader.remaining) return lengthBytes
    const expected = `at most ${reader.remaining}`
    reader.position = start
    return reader.fail('length goes past the end', expected, `${lengthBytes}`)
  }
}

function isMarker(tag: number): boolean {
  return (tag >= 0x09 && tag <= 0x0d) || tag === 0x12 || tag === 0x13 || tag === 0x15
}

function hasTransactionId(type: number): boolean {
  return (
    type === markerType.endPrepare ||
    type === markerType.commit ||
    type === markerType.rollback ||
    type === markerType.commitWithTimestamp
  )
}

function hasValue(type: number): boolean {
  return type !== valueType.deletion && type !== valueType.singleDeletion
}

/** The value type of a tag with or without column family; negative for a tag of no operation. */
function operationType(tag: number): number {
  switch (tag) {
    case 0x00:
    case 0x04:
      return valueType.deletion
    case 0x01:
    case 0x05:
      return valueType.value
    case 0x02:
    case 0x06:
      return valueType.merge
    case 0x07:
    case 0x08:
      return valueType.singleDeletion
    case 0x0e:
    case 0x0f:
      return valueType.rangeDeletion
    case 0x10:
    case 0x11:
      return valueType.blobIndex
    case 0x16:
    case 0x17:
      return valueType.wideColumnEntity
    case 0x18:
    case 0x19:
      return valueType.valueWithPreferredSequence
    default:
      return -1
  }
}
