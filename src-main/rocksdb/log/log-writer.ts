import { assert } from '#base/assert.ts'
import { crc32c, maskCrc32c } from '../crc32c.ts'
import { BLOCK_BYTES, HEADER_BYTES, recordType } from './record-type.ts'
import { shortCrc32c } from './short-crc32c.ts'
import type { TimestampSize } from './special-record.ts'

/** holds at least one physical record with its trailer */
const BUFFER_BYTES = 8 * BLOCK_BYTES
/** where one native call becomes faster than the tables */
const NATIVE_CRC_BYTES_MIN = 640
const TIMESTAMP_SIZE_BYTES = 6

/** Takes bytes that follow the ones before; the view is overwritten afterwards. */
export type LogSink = (bytes: Uint8Array) => void

/**
 * Frames payloads as a log in RocksDB's legacy format (RocksDB: db/log_writer.cc; docs/formats/rocksdb.md §2.1, §9.5):
 * the file ends where the last record does. Bytes are given out when the buffer is full, and on flush().
 * A sink that throws leaves the writer without use.
 */
export class LogWriter {
  readonly #sink: LogSink
  readonly #buffer = new Uint8Array(BUFFER_BYTES)
  readonly #view = new DataView(this.#buffer.buffer)
  #filledBytes = 0
  #offsetBytes = 0
  /** what is framed: up to three pieces of one payload */
  #pieces: readonly Uint8Array[] = []
  #pieceIndex = 0
  #pieceAt = 0

  /** @param offsetBytes of the file the bytes go to: it ends there, at the end of a record */
  constructor(sink: LogSink, offsetBytes = 0) {
    this.#sink = sink
    this.#offsetBytes = offsetBytes
  }

  /** What the file has once everything is flushed. */
  get sizeBytes(): number {
    return this.#offsetBytes
  }

  /** Starts another file, or another place in one; what was not flushed is forgotten. */
  reset(offsetBytes: number): void {
    this.#filledBytes = 0
    this.#offsetBytes = offsetBytes
  }

  /** Where the first header of the next record will be. */
  get nextRecordOffsetBytes(): number {
    const leftBytes = BLOCK_BYTES - (this.#offsetBytes % BLOCK_BYTES)
    return leftBytes < HEADER_BYTES ? this.#offsetBytes + leftBytes : this.#offsetBytes
  }

  /** Appends one logical record, given in pieces that follow each other. */
  append(pieces: readonly Uint8Array[]): void {
    this.#pieces = pieces
    this.#pieceIndex = 0
    this.#pieceAt = 0
    let leftBytes = 0
    for (const piece of pieces) leftBytes += piece.length
    let isFirst = true
    do {
      this.#pad(HEADER_BYTES)
      const roomBytes = BLOCK_BYTES - (this.#offsetBytes % BLOCK_BYTES) - HEADER_BYTES
      const sizeBytes = Math.min(leftBytes, roomBytes)
      leftBytes -= sizeBytes
      this.#physicalRecord(fragmentType(isFirst, leftBytes === 0), sizeBytes)
      isFirst = false
    } while (leftBytes > 0)
    this.#pieces = []
  }

  /** Appends what the following records need to know of keys with timestamps (docs/formats/rocksdb.md §2.2). */
  appendTimestampSizes(sizes: readonly TimestampSize[]): void {
    const payload = new Uint8Array(sizes.length * TIMESTAMP_SIZE_BYTES)
    const view = new DataView(payload.buffer)
    for (const [index, { columnFamilyId, sizeBytes }] of sizes.entries()) {
      view.setUint32(index * TIMESTAMP_SIZE_BYTES, columnFamilyId, true)
      view.setUint16(index * TIMESTAMP_SIZE_BYTES + 4, sizeBytes, true)
    }
    assert(HEADER_BYTES + payload.length <= BLOCK_BYTES, 'a special record fits into a block')
    this.#pad(HEADER_BYTES + payload.length)
    this.#pieces = [payload]
    this.#pieceIndex = 0
    this.#pieceAt = 0
    this.#physicalRecord(recordType.timestampSizes, payload.length)
  }

  /** Gives out what is in the buffer. */
  flush(): void {
    if (this.#filledBytes === 0) return
    const filled = this.#buffer.subarray(0, this.#filledBytes)
    this.#filledBytes = 0
    this.#sink(filled)
  }

  /** Fills the block with zeros when fewer bytes are left in it. */
  #pad(wantedBytes: number): void {
    const leftBytes = BLOCK_BYTES - (this.#offsetBytes % BLOCK_BYTES)
    if (leftBytes >= wantedBytes) return
    this.#makeRoom(leftBytes)
    this.#buffer.fill(0, this.#filledBytes, this.#filledBytes + leftBytes)
    this.#filledBytes += leftBytes
    this.#offsetBytes += leftBytes
  }

  #physicalRecord(type: number, payloadBytes: number): void {
    const recordBytes = HEADER_BYTES + payloadBytes
    this.#makeRoom(recordBytes)
    const at = this.#filledBytes
    const end = at + recordBytes
    this.#view.setUint16(at + 4, payloadBytes, true)
    this.#buffer[at + 6] = type
    this.#copy(at + HEADER_BYTES, payloadBytes)
    this.#view.setUint32(at, maskCrc32c(this.#crc(at + 6, end)), true)
    this.#filledBytes = end
    this.#offsetBytes += recordBytes
  }

  #crc(start: number, end: number): number {
    if (end - start < NATIVE_CRC_BYTES_MIN) return shortCrc32c(this.#buffer, this.#view, start, end)
    return crc32c(this.#buffer.subarray(start, end))
  }

  /** Takes the next bytes of the pieces. */
  #copy(at: number, sizeBytes: number): void {
    let leftBytes = sizeBytes
    let target = at
    while (leftBytes > 0) {
      const piece = this.#pieces[this.#pieceIndex]
      assert(piece !== undefined, 'the pieces have as many bytes as were counted')
      const partBytes = Math.min(leftBytes, piece.length - this.#pieceAt)
      const isWhole = this.#pieceAt === 0 && partBytes === piece.length
      this.#buffer.set(isWhole ? piece : piece.subarray(this.#pieceAt, this.#pieceAt + partBytes), target)
      target += partBytes
      leftBytes -= partBytes
      this.#pieceAt += partBytes
      if (this.#pieceAt < piece.length) continue
      this.#pieceIndex += 1
      this.#pieceAt = 0
    }
  }

  #makeRoom(bytes: number): void {
    if (this.#filledBytes + bytes > this.#buffer.length) this.flush()
  }
}

function fragmentType(isFirst: boolean, isLast: boolean): number {
  if (isFirst) return isLast ? recordType.full : recordType.first
  return isLast ? recordType.last : recordType.middle
}
