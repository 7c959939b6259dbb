import type { ByteSource } from '#base/byte-source.ts'
import { type Damage, DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { ByteReader } from '../byte-reader.ts'
import { crc32c, unmaskCrc32c } from '../crc32c.ts'
import { fixed32At } from '../little-endian.ts'
import { damageAt, hexWord } from '../place.ts'
import { BlockWindow } from './block-window.ts'
import type { LogVisitor, LogWalkOptions, LogWalkResult } from './log-walk.ts'
import { decompressRecord, RecordAssembly } from './record-assembly.ts'
import {
  BLOCK_BYTES,
  dataType,
  HEADER_BYTES,
  hasLogNumber,
  IGNORABLE_BIT,
  RECYCLABLE_HEADER_BYTES,
  recordType,
} from './record-type.ts'
import { hasLiveRecordAfter } from './recycled-tail.ts'
import { shortCrc32c } from './short-crc32c.ts'
import { decodeCompression, decodePredecessor, decodeTimestampSizes } from './special-record.ts'

/** What to do after a physical record; a positive number means: go on that many bytes further. */
const STOP = -1
const NEXT_BLOCK = 0

/** where one native call becomes faster than the tables */
const NATIVE_CRC_BYTES_MIN = 640

/**
 * Reads a write-ahead log or a MANIFEST record by record in bounded memory (RocksDB: db/log_reader.cc;
 * docs/formats/rocksdb.md §2). Never throws for what is in the file: see the result.
 * @throws AppError IO_FAILED, SOURCE_CHANGED; whatever the visitor throws besides DamageError
 */
export function walkLog(source: ByteSource, options: LogWalkOptions, visitor: LogVisitor): LogWalkResult {
  return new Walk(source, options, visitor).run()
}

class Walk {
  readonly #source: ByteSource
  readonly #options: LogWalkOptions
  readonly #visitor: LogVisitor
  readonly #window: BlockWindow
  /** of the present block */
  #view: DataView = new DataView(new ArrayBuffer(0))
  readonly #assembly: RecordAssembly
  readonly #recordBytesMax: number
  readonly #damages: Damage[] = []
  #damageCount = 0
  #tear: Damage | null = null
  #endedRecycled = false
  #endOffsetBytes = 0
  #logNumber32: number | null
  #framing: 'unknown' | 'legacy' | 'recyclable' = 'unknown'
  #isCompressed = false
  /** start of a fragmented record that zeros interrupted: torn at the file's end, damage when records follow */
  #interruptedAt: number | null = null

  constructor(source: ByteSource, options: LogWalkOptions, visitor: LogVisitor) {
    this.#source = source
    this.#options = options
    this.#visitor = visitor
    this.#window = new BlockWindow(source)
    this.#recordBytesMax = options.recordBytesMax ?? limits.logicalRecordBytesMax
    this.#assembly = new RecordAssembly(this.#recordBytesMax)
    this.#logNumber32 = options.logNumber === null ? null : options.logNumber % 0x1_0000_0000
  }

  run(): LogWalkResult {
    let goesOn = true
    for (let start = 0; goesOn && start < this.#source.sizeBytes; start += BLOCK_BYTES) {
      this.#options.checkpoint?.()
      goesOn = this.#walkBlock(start)
    }
    const openAt = this.#interruptedAt ?? this.#openFragmentsAt()
    if (openAt !== null) this.#tear ??= this.#damage(openAt, 'the record has no end')
    return {
      end: this.#end(),
      endOffsetBytes: this.#endOffsetBytes,
      damages: this.#damages,
      damageCount: this.#damageCount,
      tear: this.#tear,
    }
  }

  #end(): LogWalkResult['end'] {
    if (this.#damageCount > 0) return 'damaged'
    if (this.#tear !== null) return 'torn'
    return this.#endedRecycled ? 'recycled' : 'clean'
  }

  /** False when the walk is over. */
  #walkBlock(start: number): boolean {
    const block = this.#window.block(start)
    this.#view = new DataView(block.buffer, block.byteOffset, block.length)
    let position = 0
    while (block.length - position >= HEADER_BYTES) {
      const step = this.#physicalRecord(block, position, start + position)
      if (step === STOP) return false
      if (step === NEXT_BLOCK) return true
      position += step
    }
    const isTrailer = position > BLOCK_BYTES - HEADER_BYTES
    if (!isTrailer && position < block.length) this.#tornAt(start + position, 'the record header is cut off')
    return true
  }

  #physicalRecord(block: Uint8Array, at: number, offsetBytes: number): number {
    const lengthBytes = (block[at + 4] ?? 0) | ((block[at + 5] ?? 0) << 8)
    const type = block[at + 6] ?? 0
    if (type === recordType.zero && lengthBytes === 0) return this.#zeros()
    const headerBytes = hasLogNumber(type) ? RECYCLABLE_HEADER_BYTES : HEADER_BYTES
    const end = at + headerBytes + lengthBytes
    if (end > BLOCK_BYTES) return this.#unreadable(offsetBytes, 'record length goes past the block')
    if (end > block.length) return this.#tornAt(offsetBytes, 'the record is cut off')
    const stored = unmaskCrc32c(fixed32At(block, at))
    const isShort = lengthBytes < NATIVE_CRC_BYTES_MIN
    const computed = isShort ? shortCrc32c(block, this.#view, at + 6, end) : crc32c(block.subarray(at + 6, end))
    if (stored !== computed) {
      return this.#unreadable(offsetBytes, 'checksum mismatch', hexWord(stored), hexWord(computed))
    }
    if (headerBytes === RECYCLABLE_HEADER_BYTES) {
      const logNumber32 = fixed32At(block, at + HEADER_BYTES)
      this.#logNumber32 ??= logNumber32
      if (logNumber32 !== this.#logNumber32) return this.#formerLife()
    }
    const payload = block.subarray(at + headerBytes, end)
    return this.#dispatch(type, payload, offsetBytes, headerBytes) ? end - at : STOP
  }

  /** False when the walk is over. */
  #dispatch(type: number, payload: Uint8Array, offsetBytes: number, headerBytes: number): boolean {
    if (this.#interruptedAt !== null) {
      const interruptedAt = this.#interruptedAt
      this.#interruptedAt = null
      if (!this.#report(interruptedAt, 'the record has no end')) return false
    }
    const endOffsetBytes = offsetBytes + headerBytes + payload.length
    if (dataType(type) !== null) {
      const framing = headerBytes === RECYCLABLE_HEADER_BYTES ? 'recyclable' : 'legacy'
      if (this.#framing === 'unknown') this.#framing = framing
      if (this.#framing !== framing) {
        return this.#report(offsetBytes, 'a record of the other framing', this.#framing, framing)
      }
      return this.#fragment(type, payload, offsetBytes, endOffsetBytes)
    }
    if (!this.#special(type, payload, offsetBytes, headerBytes)) return false
    if (this.#openFragmentsAt() === null) this.#endOffsetBytes = endOffsetBytes
    return true
  }

  #special(type: number, payload: Uint8Array, offsetBytes: number, headerBytes: number): boolean {
    const place = { file: this.#source.name, structure: 'log record', offsetBytes: offsetBytes + headerBytes }
    const reader = new ByteReader(payload, place)
    return this.#guarded(offsetBytes, () => {
      switch (type) {
        case recordType.setCompression:
          if (this.#framing !== 'unknown') reader.fail('log compression is set after the first record')
          this.#isCompressed = decodeCompression(reader)
          this.#visitor.compression?.(this.#isCompressed, offsetBytes)
          return
        case recordType.timestampSizes:
        case recordType.recyclableTimestampSizes:
          this.#visitor.timestampSizes?.(decodeTimestampSizes(reader), offsetBytes)
          return
        case recordType.predecessor:
        case recordType.recyclablePredecessor:
          this.#visitor.predecessor?.(decodePredecessor(reader), offsetBytes)
          return
        default:
          if ((type & IGNORABLE_BIT) === 0) reader.fail('unknown record type', undefined, `${type}`)
      }
    })
  }

  #fragment(type: number, payload: Uint8Array, offsetBytes: number, endOffsetBytes: number): boolean {
    const assembly = this.#assembly
    const kind = dataType(type)
    if (kind === 'full' || kind === 'first') {
      const openAt = this.#openFragmentsAt()
      assembly.drop()
      if (openAt !== null && !this.#report(openAt, 'the record has no end')) return false
      if (kind === 'full') return this.#emit(payload, offsetBytes, endOffsetBytes)
      assembly.start(offsetBytes)
    }
    const startOffsetBytes = assembly.startOffsetBytes
    if (startOffsetBytes === null) return this.#report(offsetBytes, 'a fragment without a first one')
    if (!assembly.append(payload)) {
      assembly.drop()
      return this.#report(startOffsetBytes, 'the record is too large', `at most ${this.#recordBytesMax} bytes`)
    }
    return kind !== 'last' || this.#emit(assembly.finish(), startOffsetBytes, endOffsetBytes)
  }

  #emit(stored: Uint8Array, offsetBytes: number, endOffsetBytes: number): boolean {
    const payload = this.#isCompressed ? decompressRecord(stored, this.#recordBytesMax) : stored
    if (typeof payload === 'string') return this.#report(offsetBytes, `the compressed record ${payload}`)
    const isInPlace = !this.#isCompressed && endOffsetBytes - offsetBytes <= RECYCLABLE_HEADER_BYTES + stored.length
    const payloadOffsetBytes = isInPlace ? endOffsetBytes - stored.length : null
    try {
      this.#visitor.record(payload, offsetBytes, payloadOffsetBytes, endOffsetBytes)
      this.#endOffsetBytes = endOffsetBytes
      return true
    } catch (error) {
      return this.#keepThrown(error, offsetBytes)
    }
  }

  /** Preallocated space: nothing more in this block. */
  #zeros(): number {
    this.#interruptedAt ??= this.#openFragmentsAt()
    this.#assembly.drop()
    return NEXT_BLOCK
  }

  /** A zero-length First at a block's end may stand alone: a known habit of the writer. */
  #openFragmentsAt(): number | null {
    return this.#assembly.sizeBytes > 0 ? this.#assembly.startOffsetBytes : null
  }

  #formerLife(): number {
    this.#endedRecycled = true
    return STOP
  }

  #tornAt(offsetBytes: number, problem: string): number {
    if (this.#isFormerLife(offsetBytes)) return this.#formerLife()
    this.#tear = this.#damage(this.#openFragmentsAt() ?? offsetBytes, problem)
    return STOP
  }

  /** The length cannot be trusted, so the next place to read from is the next block. */
  #unreadable(offsetBytes: number, problem: string, expected?: string, found?: string): number {
    if (this.#isFormerLife(offsetBytes)) return this.#formerLife()
    this.#assembly.drop()
    return this.#report(offsetBytes, problem, expected, found) ? NEXT_BLOCK : STOP
  }

  #isFormerLife(offsetBytes: number): boolean {
    if (this.#framing !== 'recyclable' || this.#logNumber32 === null) return false
    return !hasLiveRecordAfter(this.#source, offsetBytes + 1, this.#logNumber32)
  }

  #guarded(offsetBytes: number, visit: () => void): boolean {
    try {
      visit()
      return true
    } catch (error) {
      return this.#keepThrown(error, offsetBytes)
    }
  }

  #keepThrown(error: unknown, offsetBytes: number): boolean {
    if (!(error instanceof DamageError)) throw error
    return this.#keep({ ...error.damage, offsetBytes: error.damage.offsetBytes ?? offsetBytes })
  }

  #report(offsetBytes: number, problem: string, expected?: string, found?: string): boolean {
    return this.#keep(this.#damage(offsetBytes, problem, expected, found))
  }

  /** True when the walk goes on after damage. */
  #keep(damage: Damage): boolean {
    this.#damageCount += 1
    if (this.#damages.length < limits.damagesKeptMax) this.#damages.push(damage)
    return this.#options.resync === true
  }

  #damage(offsetBytes: number, problem: string, expected?: string, found?: string): Damage {
    return damageAt({ file: this.#source.name, structure: 'log record', offsetBytes }, problem, expected, found)
  }
}
