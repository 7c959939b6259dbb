import type { ByteSource } from '#base/byte-source.ts'
import { crc32c, unmaskCrc32c } from '../crc32c.ts'
import { fixed32At } from '../little-endian.ts'
import { failAt, hexWord } from '../place.ts'
import type { WalFile } from './wal-file.ts'

/** files kept open at once; a live database has a handful of logs */
const OPEN_FILES_MAX = 16
/** in a physical record: the checksum covers everything from the type on */
const TYPE_AT = 6

/**
 * Reads values where they lie in the logs, so that a view of large logs holds their keys and not the values. A record is
 * proved again with every read: a recycled log is written over in place.
 */
export class LogValues {
  readonly #keptBytesMax: number
  readonly #files: WalFile[] = []
  readonly #names: string[] = []
  /** in the order of opening */
  readonly #open = new Map<number, ByteSource>()
  #record = new Uint8Array(0)
  #keptBytes = 0

  /** @param keptBytesMax how many bytes of values may be kept in memory instead */
  constructor(keptBytesMax: number) {
    this.#keptBytesMax = keptBytesMax
  }

  /** @returns the number that stands for the file */
  add(file: WalFile, name: string): number {
    this.#names.push(name)
    return this.#files.push(file) - 1
  }

  nameOf(fileIndex: number): string {
    return this.#names[fileIndex] ?? ''
  }

  /** Whether there is room to keep a value in memory; true takes the room. */
  keeps(lengthBytes: number): boolean {
    if (this.#keptBytes + lengthBytes > this.#keptBytesMax) return false
    this.#keptBytes += lengthBytes
    return true
  }

  /**
   * The physical record at `recordAt`, header included: a view that the next read overwrites.
   * @throws DamageError when the record is not what it was; AppError
   */
  readRecord(fileIndex: number, recordAt: number, recordBytes: number): Uint8Array {
    const source = this.#sourceOf(fileIndex)
    const place = { file: source.name, structure: 'log record', offsetBytes: recordAt }
    if (this.#record.length < recordBytes) this.#record = new Uint8Array(2 * recordBytes)
    const record = this.#record.subarray(0, recordBytes)
    const count = source.readInto(record, recordAt)
    if (count < recordBytes) failAt(place, 'the log became shorter', `${recordBytes} bytes`, `${count} bytes`)
    const expected = unmaskCrc32c(fixed32At(record, 0))
    const found = crc32c(record.subarray(TYPE_AT))
    if (expected !== found) failAt(place, 'the log changed since it was read', hexWord(expected), hexWord(found))
    return record
  }

  close(): void {
    for (const source of this.#open.values()) source.close()
    this.#open.clear()
  }

  #sourceOf(fileIndex: number): ByteSource {
    const known = this.#open.get(fileIndex)
    if (known !== undefined) return known
    const source = (this.#files[fileIndex] as WalFile).open()
    this.#open.set(fileIndex, source)
    for (const [other, oldest] of this.#open) {
      if (this.#open.size <= OPEN_FILES_MAX) break
      oldest.close()
      this.#open.delete(other)
    }
    return source
  }
}
