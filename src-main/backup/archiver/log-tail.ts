import type { ByteSource } from '#base/byte-source.ts'
import { type Damage, DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { ByteReader } from '../../rocksdb/byte-reader.ts'
import { crc32c, unmaskCrc32c } from '../../rocksdb/crc32c.ts'
import { fixed32At } from '../../rocksdb/little-endian.ts'
import { decompressRecord, RecordAssembly } from '../../rocksdb/log/record-assembly.ts'
import {
  BLOCK_BYTES,
  dataType,
  HEADER_BYTES,
  hasLogNumber,
  IGNORABLE_BIT,
  RECYCLABLE_HEADER_BYTES,
  recordType,
} from '../../rocksdb/log/record-type.ts'
import { hasLiveRecordAfter } from '../../rocksdb/log/recycled-tail.ts'
import { shortCrc32c } from '../../rocksdb/log/short-crc32c.ts'
import { decodeCompression, decodeTimestampSizes } from '../../rocksdb/log/special-record.ts'
import { damageAt } from '../../rocksdb/place.ts'

const WINDOW_BYTES = 8 * BLOCK_BYTES
/** memory for a record that is larger is given back after it */
const KEPT_RECORD_BYTES = 8 * 1024 * 1024
/** where one native call becomes faster than the tables */
const NATIVE_CRC_BYTES_MIN = 640
const NO_BYTES = new Uint8Array(0)

/**
 * Why there is no next record at this moment. end: the file ends here, maybe within a record. zeros: not written so far.
 * foreign: a record of the file's former life. bad: no record, or one that is not whole so far.
 */
export type Stall = 'end' | 'zeros' | 'foreign' | 'bad'

/**
 * Reads the records of a log one after the other, also of one that grows: after a stall the same place is read anew. The
 * memory it takes is that of the largest record (docs/formats/rocksdb.md §2).
 */
export class LogTail {
  /** the present record, unpacked; a view that the next one overwrites */
  payload: Uint8Array = NO_BYTES
  /** where its first header starts, and where its last fragment ends */
  offsetBytes = 0
  endOffsetBytes = 0
  stall: Stall = 'end'
  /** of keys by column family, as far as the log has told */
  readonly timestampSizes = new Map<number, number>()
  readonly source: ByteSource
  readonly #logNumber: number | null
  readonly #recordBytesMax: number
  readonly #window = new Uint8Array(WINDOW_BYTES)
  readonly #view = new DataView(this.#window.buffer)
  #windowAt = 0
  #windowBytes = 0
  /** of the next physical record */
  #position: number
  #assembly: RecordAssembly
  #isCompressed = false
  #isRecyclable = false
  /** what made the walk pass over bytes, not yet fetched */
  #damage: Damage | null = null

  /** @param offsetBytes where a record starts */
  constructor(
    source: ByteSource,
    logNumber: number | null,
    options: { offsetBytes?: number; recordBytesMax?: number } = {},
  ) {
    this.source = source
    this.#logNumber = logNumber === null ? null : logNumber % 0x1_0000_0000
    this.#position = options.offsetBytes ?? 0
    this.#recordBytesMax = options.recordBytesMax ?? limits.logicalRecordBytesMax
    this.#assembly = new RecordAssembly(this.#recordBytesMax)
  }

  /** Where the next read starts. */
  get position(): number {
    return this.#position
  }

  /** Goes to the next whole record; false when there is none now. @throws AppError IO_FAILED */
  next(): boolean {
    for (;;) {
      const isRecord = this.#physicalRecord()
      if (isRecord === null) {
        // what was read may change: it is read anew next time
        this.#windowBytes = 0
        return false
      }
      if (isRecord) return true
    }
  }

  /** What was wrong with bytes that were passed over; null when nothing was, or it was told before. */
  takeDamage(): Damage | null {
    const damage = this.#damage
    this.#damage = null
    return damage
  }

  /**
   * Passes over what stalls: nothing will be written there any more. False when nothing of this log comes behind it.
   */
  skip(): boolean {
    const isTorn = this.#assembly.sizeBytes > 0
    this.#assembly.drop()
    if (this.stall === 'foreign') return false
    if (this.stall === 'bad') {
      if (this.#isRecyclable && this.#logNumber !== null) {
        if (!hasLiveRecordAfter(this.source, this.#position + 1, this.#logNumber)) return false
      }
      this.#note('bytes that are no record')
    }
    if (this.stall === 'zeros' && isTorn) this.#note('zeros within a record')
    this.#position += BLOCK_BYTES - (this.#position % BLOCK_BYTES)
    return this.#position < this.source.sizeBytes
  }

  /** True when a sound record of this log starts one of the next two blocks: then what stalls here is damage. */
  hasSoundBlockAhead(): boolean {
    const blockAt = this.#position - (this.#position % BLOCK_BYTES)
    const block = new Uint8Array(BLOCK_BYTES)
    return [1, 2].some((ahead) => {
      const filledBytes = this.source.readInto(block, blockAt + ahead * BLOCK_BYTES)
      return this.#isSoundRecord(block.subarray(0, filledBytes))
    })
  }

  /** True for a record; null when it stalls. */
  #physicalRecord(): boolean | null {
    const roomBytes = BLOCK_BYTES - (this.#position % BLOCK_BYTES)
    if (roomBytes < HEADER_BYTES) {
      this.#position += roomBytes
      return false
    }
    if (!this.#have(HEADER_BYTES)) return this.#stalled('end')
    const window = this.#window
    const at = this.#position - this.#windowAt
    const lengthBytes = (window[at + 4] ?? 0) | ((window[at + 5] ?? 0) << 8)
    const type = window[at + 6] ?? 0
    if (type === recordType.zero && lengthBytes === 0) return this.#stalled('zeros')
    const headerBytes = hasLogNumber(type) ? RECYCLABLE_HEADER_BYTES : HEADER_BYTES
    const sizeBytes = headerBytes + lengthBytes
    if (sizeBytes > roomBytes) return this.#stalled('bad')
    if (!this.#have(sizeBytes)) return this.#stalled('end')
    const start = this.#position - this.#windowAt
    if (!isSound(window, this.#view, start, start + sizeBytes)) return this.#stalled('bad')
    const record = window.subarray(start, start + sizeBytes)
    if (headerBytes === RECYCLABLE_HEADER_BYTES && !this.#isOwn(record)) return this.#stalled('foreign')
    const offsetBytes = this.#position
    this.#position += sizeBytes
    return this.#dispatch(type, record.subarray(headerBytes), offsetBytes)
  }

  #dispatch(type: number, payload: Uint8Array, offsetBytes: number): boolean {
    const kind = dataType(type)
    if (kind === null) {
      this.#special(type, payload, offsetBytes)
      return false
    }
    this.#isRecyclable = type >= recordType.recyclableFull
    const assembly = this.#assembly
    if (kind === 'full' || kind === 'first') {
      if (assembly.sizeBytes > 0) this.#note('a record without an end', assembly.startOffsetBytes)
      assembly.drop()
      if (kind === 'full') return this.#emit(payload, offsetBytes)
      assembly.start(offsetBytes)
    }
    const startOffsetBytes = assembly.startOffsetBytes
    // the rest of a record whose beginning was passed over
    if (startOffsetBytes === null) return false
    if (!assembly.append(payload)) {
      assembly.drop()
      this.#note(`a record of more than ${this.#recordBytesMax} bytes`, startOffsetBytes)
      return false
    }
    if (kind !== 'last') return false
    const whole = assembly.finish()
    if (whole.length > KEPT_RECORD_BYTES) this.#assembly = new RecordAssembly(this.#recordBytesMax)
    else assembly.drop()
    return this.#emit(whole, startOffsetBytes)
  }

  #emit(stored: Uint8Array, offsetBytes: number): boolean {
    const payload = this.#isCompressed ? decompressRecord(stored, this.#recordBytesMax) : stored
    if (typeof payload === 'string') {
      this.#note(`a compressed record that ${payload}`, offsetBytes)
      return false
    }
    this.payload = payload
    this.offsetBytes = offsetBytes
    this.endOffsetBytes = this.#position
    return true
  }

  #special(type: number, payload: Uint8Array, offsetBytes: number): void {
    const reader = new ByteReader(payload, { file: this.source.name, structure: 'log record', offsetBytes })
    try {
      if (type === recordType.setCompression) this.#isCompressed = decodeCompression(reader)
      else if (type === recordType.timestampSizes || type === recordType.recyclableTimestampSizes) {
        for (const { columnFamilyId, sizeBytes } of decodeTimestampSizes(reader)) {
          this.timestampSizes.set(columnFamilyId, sizeBytes)
        }
      } else if ((type & IGNORABLE_BIT) === 0) reader.fail('unknown record type', undefined, `${type}`)
    } catch (error) {
      if (!(error instanceof DamageError)) throw error
      this.#damage ??= error.damage
    }
  }

  #isSoundRecord(bytes: Uint8Array): boolean {
    if (bytes.length < RECYCLABLE_HEADER_BYTES) return false
    const type = bytes[6] ?? 0
    const headerBytes = hasLogNumber(type) ? RECYCLABLE_HEADER_BYTES : HEADER_BYTES
    const sizeBytes = headerBytes + ((bytes[4] ?? 0) | ((bytes[5] ?? 0) << 8))
    if (type === recordType.zero || sizeBytes > bytes.length) return false
    if (!isSound(bytes, new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, sizeBytes)) return false
    return headerBytes === HEADER_BYTES ? !this.#isRecyclable : this.#isOwn(bytes)
  }

  #isOwn(record: Uint8Array): boolean {
    return this.#logNumber === null || fixed32At(record, HEADER_BYTES) === this.#logNumber
  }

  /** True when so many bytes from the position on are in the window. */
  #have(bytes: number): boolean {
    const end = this.#position + bytes
    if (this.#position >= this.#windowAt && end <= this.#windowAt + this.#windowBytes) return true
    this.#windowAt = this.#position
    this.#windowBytes = this.source.readInto(this.#window, this.#position)
    return this.#windowBytes >= bytes
  }

  #stalled(stall: Stall): null {
    this.stall = stall
    return null
  }

  #note(problem: string, offsetBytes: number | null = this.#position): void {
    this.#damage ??= damageAt({ file: this.source.name, structure: 'log record', offsetBytes }, problem)
  }
}

/**
 * A whole physical record whose checksum is right.
 * @param view over exactly the same memory as `bytes`
 */
function isSound(bytes: Uint8Array, view: DataView, start: number, end: number): boolean {
  const isShort = end - start < NATIVE_CRC_BYTES_MIN
  const computed = isShort ? shortCrc32c(bytes, view, start + 6, end) : crc32c(bytes.subarray(start + 6, end))
  return unmaskCrc32c(fixed32At(bytes, start)) === computed
}
