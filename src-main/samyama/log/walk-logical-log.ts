import type { ByteSource } from '#base/byte-source.ts'
import { type Damage, DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { decodeLogEntry, decodeLogProperties } from './decode-entry.ts'
import { ENTRY_BYTES_MIN, fitsEntry, isEntryVariant } from './entry-fit.ts'
import type { LogEntry, LogicalRecord, RecordForm } from './log-entry.ts'
import type { LogicalLogVisitor, LogicalLogWalkOptions, LogicalLogWalkResult } from './log-walk.ts'
import { LogWindow } from './log-window.ts'
import {
  CHECKSUM_BYTES,
  CRC32_FORM,
  entryAt,
  FORM_BIT,
  LENGTH_BYTES,
  recordChecksum,
  sequenceAt,
} from './record-frame.ts'

/** `SGWL`, the mark of a planned format that no release wrote. */
const SEGMENT_MARK = 0x4c57_4753
const VARIANT_BYTES = 4
const ZEROS_READ_BYTES = 1024 * 1024

/** After a record: where to go on, or nothing more can be read. */
const STOP = -1

/** What a length word says. */
type Frame = { readonly form: RecordForm; readonly offsetBytes: number; readonly bodyBytes: number }

/**
 * Reads a file of the logical log record by record in bounded memory. Follows docs/formats/samyama.md §2.
 * Nothing marks where records start: behind a damaged one the walk goes on only when its length leads to another
 * record. Never throws for what is in the file: see the result.
 * @throws AppError IO_FAILED, SOURCE_CHANGED; whatever the visitor throws besides DamageError
 */
export function walkLogicalLog(
  source: ByteSource,
  options: LogicalLogWalkOptions,
  visitor: LogicalLogVisitor,
): LogicalLogWalkResult {
  return new Walk(source, options, visitor).run()
}

class Walk {
  readonly #source: ByteSource
  readonly #options: LogicalLogWalkOptions
  readonly #visitor: LogicalLogVisitor
  readonly #window: LogWindow
  readonly #recordBytesMax: number
  readonly #damages: Damage[] = []
  #damageCount = 0
  #tear: Damage | null = null
  #endOffsetBytes = 0
  #undecodedCount = 0
  readonly #formCounts = { xor: 0, crc32: 0 }
  readonly #entryCounts = {
    createNode: 0,
    createEdge: 0,
    deleteNode: 0,
    deleteEdge: 0,
    updateNodeProperties: 0,
    updateEdgeProperties: 0,
    checkpoint: 0,
  }

  constructor(source: ByteSource, options: LogicalLogWalkOptions, visitor: LogicalLogVisitor) {
    this.#source = source
    this.#options = options
    this.#visitor = visitor
    this.#window = new LogWindow(source)
    this.#recordBytesMax = options.recordBytesMax ?? limits.logicalLogRecordBytesMax
  }

  run(): LogicalLogWalkResult {
    const { sizeBytes } = this.#source
    const isUnknown = sizeBytes >= LENGTH_BYTES && this.#word(0) === SEGMENT_MARK
    if (isUnknown) this.#report(0, 'the file has the mark of an unknown format', undefined, 'SGWL')
    let offsetBytes = 0
    while (!isUnknown && offsetBytes < sizeBytes) {
      this.#options.checkpoint?.()
      const next = this.#record(offsetBytes)
      if (next === STOP) break
      offsetBytes = next
    }
    return {
      end: isUnknown ? 'unknownFormat' : this.#end(),
      endOffsetBytes: this.#endOffsetBytes,
      unreadBytes: sizeBytes - offsetBytes,
      entryCounts: this.#entryCounts,
      formCounts: this.#formCounts,
      undecodedCount: this.#undecodedCount,
      damages: this.#damages,
      damageCount: this.#damageCount,
      tear: this.#tear,
    }
  }

  #end(): LogicalLogWalkResult['end'] {
    if (this.#damageCount > 0) return 'damaged'
    return this.#tear === null ? 'clean' : 'torn'
  }

  #record(offsetBytes: number): number {
    const leftBytes = this.#source.sizeBytes - offsetBytes - LENGTH_BYTES
    if (leftBytes < 0) return this.#tornAt(offsetBytes, 'the length is cut off')
    const frame = this.#frame(offsetBytes)
    const { form, bodyBytes } = frame
    if (!isPlausibleLength(frame)) {
      if (bodyBytes === 0 && this.#isZeroUntilEnd(offsetBytes)) return this.#tornAt(offsetBytes, 'zeros to the end')
      this.#report(offsetBytes, 'the length is too small for a record', undefined, `${bodyBytes} bytes`)
      return STOP
    }
    const end = offsetBytes + LENGTH_BYTES + bodyBytes
    if (bodyBytes > this.#recordBytesMax) {
      this.#report(
        offsetBytes,
        'the record is too large',
        `at most ${this.#recordBytesMax} bytes`,
        `${bodyBytes} bytes`,
      )
      return this.#afterDamage(end)
    }
    if (bodyBytes > leftBytes) return this.#cutOff(frame)
    const body = this.#window.bytes(offsetBytes + LENGTH_BYTES, bodyBytes)
    const countBefore = this.#damageCount
    if (form === 'crc32' && body[0] !== CRC32_FORM) {
      this.#report(offsetBytes, 'unknown form of record', `${CRC32_FORM}`, `${body[0]}`)
    } else if (this.#isIntact(frame, body)) {
      this.#guarded(offsetBytes, () => this.#emit(frame, body))
    }
    return this.#damageCount === countBefore ? end : this.#afterDamage(end)
  }

  #frame(offsetBytes: number): Frame {
    const word = this.#word(offsetBytes)
    return { form: word >= FORM_BIT ? 'crc32' : 'xor', offsetBytes, bodyBytes: word % FORM_BIT }
  }

  #isIntact({ form, offsetBytes }: Frame, body: Uint8Array): boolean {
    const checksumAt = body.length - CHECKSUM_BYTES
    const stored = wordAt(body, checksumAt)
    const computed = recordChecksum(form, body.subarray(0, checksumAt))
    if (stored === computed) return true
    const problem = form === 'xor' ? 'XOR mismatch (even a match would prove little)' : 'checksum mismatch'
    this.#report(offsetBytes, problem, hexWord(stored), hexWord(computed))
    return false
  }

  #emit({ form, offsetBytes, bodyBytes }: Frame, body: Uint8Array): void {
    const start = entryAt(form)
    const entryBytes = body.subarray(start, bodyBytes - CHECKSUM_BYTES)
    const entry = decodeLogEntry(this.#source.name, entryBytes, offsetBytes + LENGTH_BYTES + start)
    const sequence = new DataView(body.buffer, body.byteOffset).getBigUint64(sequenceAt(form), true)
    const properties = this.#properties(entry, form)
    const sizeBytes = LENGTH_BYTES + bodyBytes
    this.#visitor.record({ offsetBytes, sizeBytes, form, sequence, entry, properties })
    this.#entryCounts[entry.type] += 1
    this.#formCounts[form] += 1
    this.#endOffsetBytes = offsetBytes + sizeBytes
  }

  #properties(entry: LogEntry, form: RecordForm): LogicalRecord['properties'] {
    if (!('properties' in entry)) return null
    const properties = decodeLogProperties(entry.properties, form === 'crc32' ? 'B' : this.#options.layout)
    if (properties === null) this.#undecodedCount += 1
    return properties
  }

  /** A torn write is the start of a record; a length word that changed leads past the end as well. */
  #cutOff({ form, offsetBytes, bodyBytes }: Frame): number {
    const body = this.#window.bytes(offsetBytes + LENGTH_BYTES, bodyBytes)
    const entryBytes = bodyBytes - entryAt(form) - CHECKSUM_BYTES
    const entry = body.subarray(entryAt(form)).subarray(0, entryBytes)
    const isKnownForm = form === 'xor' || body.length === 0 || body[0] === CRC32_FORM
    if (isKnownForm && fitsEntry(entry, entryBytes)) return this.#tornAt(offsetBytes, 'the record is cut off')
    const found = `${bodyBytes} bytes`
    this.#report(offsetBytes, 'the length goes past the end and fits no entry', `at most ${body.length} bytes`, found)
    return STOP
  }

  /** Goes on where the length leads to, when a record starts or the file ends there. */
  #afterDamage(end: number): number {
    return end === this.#source.sizeBytes || this.#isRecordStart(end) ? end : STOP
  }

  #isRecordStart(offsetBytes: number): boolean {
    if (this.#source.sizeBytes - offsetBytes < LENGTH_BYTES) return false
    const frame = this.#frame(offsetBytes)
    if (!isPlausibleLength(frame) || frame.bodyBytes > this.#recordBytesMax) return false
    const start = entryAt(frame.form)
    const head = this.#window.bytes(offsetBytes + LENGTH_BYTES, start + VARIANT_BYTES)
    if (head.length < start + VARIANT_BYTES) return false
    return isEntryVariant(wordAt(head, start)) && (frame.form === 'xor' || head[0] === CRC32_FORM)
  }

  #isZeroUntilEnd(offsetBytes: number): boolean {
    for (let at = offsetBytes; at < this.#source.sizeBytes; at += ZEROS_READ_BYTES) {
      this.#options.checkpoint?.()
      if (this.#window.bytes(at, ZEROS_READ_BYTES).some((byte) => byte !== 0)) return false
    }
    return true
  }

  #word(offsetBytes: number): number {
    return wordAt(this.#window.bytes(offsetBytes, LENGTH_BYTES), 0)
  }

  #tornAt(offsetBytes: number, problem: string): number {
    this.#tear = this.#damage(offsetBytes, problem)
    return STOP
  }

  #guarded(offsetBytes: number, visit: () => void): void {
    try {
      visit()
    } catch (error) {
      if (!(error instanceof DamageError)) throw error
      this.#keep({ ...error.damage, offsetBytes: error.damage.offsetBytes ?? offsetBytes })
    }
  }

  #report(offsetBytes: number, problem: string, expected?: string, found?: string): void {
    this.#keep(this.#damage(offsetBytes, problem, expected, found))
  }

  #keep(damage: Damage): void {
    this.#damageCount += 1
    if (this.#damages.length < limits.damagesKeptMax) this.#damages.push(damage)
  }

  #damage(offsetBytes: number, problem: string, expected?: string, found?: string): Damage {
    const { name: file } = this.#source
    const structure = 'logical log record'
    return { file, offsetBytes, structure, problem, expected: expected ?? null, found: found ?? null }
  }
}

function isPlausibleLength({ form, bodyBytes }: Frame): boolean {
  return bodyBytes >= entryAt(form) + ENTRY_BYTES_MIN + CHECKSUM_BYTES
}

function wordAt(bytes: Uint8Array, at: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true)
}

function hexWord(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`
}
