import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { zstdCompressSync } from 'node:zlib'
import { markerLogData, markerPut } from '../../rocksdb/commits/walk.ts'
import { batch, logOf, physicalRecord, put, varint } from '../../rocksdb/log-writer.ts'

export type Framing = 'legacy' | 'recyclable' | 'zstd'

/** What an engine does to its logs, done by hand: records, rotation, removal, archiving, a tail that is not whole. */
export class FakeDatabase {
  readonly path: string
  /** every record that was written, in order */
  readonly payloads: Buffer[] = []
  nextSequence: number
  logNumber = 3
  framing: Framing = 'legacy'
  #inLog: Buffer[] = []
  #writtenBytes = 0

  constructor(path: string, nextSequence = 1) {
    this.path = path
    this.nextSequence = nextSequence
    mkdirSync(path, { recursive: true })
    writeFileSync(this.logPath(), '')
    this.state()
  }

  /** Says in the MANIFEST which sequence is the last, as a flush does. */
  state(lastSequence = this.nextSequence - 1): void {
    const fields = [2, 0, 3, 100, 4, lastSequence].map((value) => varint(value))
    writeFileSync(join(this.path, 'MANIFEST-000001'), logOf([Buffer.concat(fields)]))
    writeFileSync(join(this.path, 'CURRENT'), 'MANIFEST-000001\n')
  }

  logPath(logNumber = this.logNumber): string {
    return join(this.path, `${String(logNumber).padStart(6, '0')}.log`)
  }

  /** One commit of `count` puts; with a marker when a time is given. */
  commit(count = 1, timeUs: number | null = null, valueBytes = 20): Buffer {
    const first = this.nextSequence
    const puts = Array.from({ length: count }, (_, index) => put(`key ${first + index}`, 'v'.repeat(valueBytes)))
    const marker = timeUs === null ? [] : [first % 2 === 0 ? markerPut(timeUs) : markerLogData(timeUs)]
    const numbers = count + (timeUs !== null && first % 2 === 0 ? 1 : 0)
    return this.record(batch(first, numbers, ...marker, ...puts), numbers)
  }

  /** Any record that uses up `numbers` sequence numbers. */
  record(payload: Buffer, numbers: number): Buffer {
    this.payloads.push(payload)
    this.#inLog.push(payload)
    this.nextSequence += numbers
    this.#grow(this.#bytes())
    return payload
  }

  /** Shows only a part of what the next record will be; the next call completes it. */
  tear(payload: Buffer, visibleShare: number): void {
    const whole = this.#bytes([...this.#inLog, payload])
    this.#grow(whole.subarray(0, this.#writtenBytes + Math.floor((whole.length - this.#writtenBytes) * visibleShare)))
  }

  /** The next log; the ones before stay. */
  switchLog(framing: Framing = 'legacy'): void {
    this.logNumber += 2
    this.framing = framing
    this.#inLog = []
    this.#writtenBytes = 0
    writeFileSync(this.logPath(), '')
    this.#grow(this.#bytes())
  }

  /** The next log in the file of an older one, whose records stay behind the new ones. */
  recycle(): void {
    const old = this.logPath()
    this.logNumber += 2
    renameSync(old, this.logPath())
    this.framing = 'recyclable'
    this.#inLog = []
    this.#writtenBytes = 0
  }

  /** Takes away every log but the present one. */
  dropOldLogs(how: 'remove' | 'archive'): void {
    this.state()
    for (const name of this.logNames().filter((each) => join(this.path, each) !== this.logPath())) {
      if (how === 'remove') {
        unlinkSync(join(this.path, name))
        continue
      }
      if (!existsSync(join(this.path, 'archive'))) mkdirSync(join(this.path, 'archive'))
      renameSync(join(this.path, name), join(this.path, 'archive', name))
    }
  }

  logNames(): string[] {
    return readdirSync(this.path).filter((name) => name.endsWith('.log'))
  }

  #bytes(payloads: readonly Buffer[] = this.#inLog): Buffer {
    if (this.framing === 'recyclable') return logOf(payloads, this.logNumber)
    if (this.framing === 'legacy') return logOf(payloads)
    // the first record fills its place, so that the others come to lie where they belong
    const head = physicalRecord(9, Uint8Array.of(7, 0, 0, 0))
    const packed = logOf([Buffer.alloc(head.length - 7), ...payloads.map((payload) => zstdCompressSync(payload))])
    return Buffer.concat([head, packed.subarray(head.length)])
  }

  #grow(bytes: Buffer): void {
    const fresh = bytes.subarray(this.#writtenBytes)
    if (this.framing === 'recyclable') writeAt(this.logPath(), fresh, this.#writtenBytes)
    else appendFileSync(this.logPath(), fresh)
    this.#writtenBytes = bytes.length
  }
}

function writeAt(path: string, bytes: Buffer, offsetBytes: number): void {
  const descriptor = openSync(path, 'r+')
  writeSync(descriptor, bytes, 0, bytes.length, offsetBytes)
  closeSync(descriptor)
}
