import type { ByteSource } from '#base/byte-source.ts'
import { type Damage, DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { crc32c } from '../crc32c.ts'
import { damageAt, failAt, type Place } from '../place.ts'
import { ReadWindow } from '../sst/read-window.ts'
import { type BlobFile, openBlobFile } from './blob-file.ts'
import {
  type BlobFooter,
  type BlobHeader,
  type BlobRecordHeader,
  blobHeaderBytes,
  blobRecordHeaderBytes,
  checkBlobCrc,
  decodeBlobRecordHeader,
} from './blob-format.ts'

/** Told of every record whose checksums are right; sizes are stored ones. It may throw to stop. */
export type BlobRecordVisitor = (valueOffsetBytes: number, keySizeBytes: number, valueSizeBytes: number) => void

export type BlobWalkOptions = {
  /** called for every record and every piece of a large one; it may throw to stop */
  readonly checkpoint?: (() => void) | undefined
}

export type BlobVerification = {
  /** null when it is damaged: then nothing else was looked at */
  readonly header: BlobHeader | null
  /** null when it is damaged or the file was not closed */
  readonly footer: BlobFooter | null
  /** records that were found, those with damaged contents included */
  readonly recordCount: number
  /** their bytes, headers included */
  readonly bytes: number
  /** the first damages, at most limits.damagesKeptMax */
  readonly damages: readonly Damage[]
  readonly damageCount: number
}

/**
 * Walks a blob file in file order and compares every checksum in it: of each record header, of each key and value, of
 * the footer. Damaged contents are collected and passed by; behind a damaged record header no record can be found.
 * Memory is bounded whatever sizes the file claims. Values are not decompressed.
 * RocksDB: db/blob/blob_log_sequential_reader.cc; docs/formats/rocksdb.md §6
 * @throws AppError IO_FAILED, and what the callbacks throw
 */
export function walkBlobRecords(
  source: ByteSource,
  visitor: BlobRecordVisitor,
  options: BlobWalkOptions = {},
): BlobVerification {
  const walk = new BlobWalk(source, visitor, options.checkpoint ?? (() => {}))
  walk.run()
  return walk.result()
}

class BlobWalk {
  readonly #source: ByteSource
  readonly #visitor: BlobRecordVisitor
  readonly #checkpoint: () => void
  readonly #window: ReadWindow
  readonly #damages: Damage[] = []
  #damageCount = 0
  #recordCount = 0
  #walkedBytes = 0
  #file: BlobFile | undefined

  constructor(source: ByteSource, visitor: BlobRecordVisitor, checkpoint: () => void) {
    this.#source = source
    this.#visitor = visitor
    this.#checkpoint = checkpoint
    this.#window = new ReadWindow(source, limits.readChunkBytes)
  }

  result(): BlobVerification {
    return {
      header: this.#file?.header ?? null,
      footer: this.#file?.footer ?? null,
      recordCount: this.#recordCount,
      bytes: this.#walkedBytes,
      damages: this.#damages,
      damageCount: this.#damageCount,
    }
  }

  run(): void {
    const file = this.#collect(() => openBlobFile(this.#source))
    if (file === undefined) return
    this.#file = file
    if (file.footerDamage !== null) this.#keep(file.footerDamage)
    let at = blobHeaderBytes
    while (at < file.recordsEndBytes) {
      this.#checkpoint()
      const place = { file: this.#source.name, structure: 'blob record', offsetBytes: at }
      const header = this.#collect(() => this.#readHeader(at, file.recordsEndBytes, place))
      if (header === undefined) return
      const { keySizeBytes, valueSizeBytes } = header
      const keyAt = at + blobRecordHeaderBytes
      const isSound = this.#collect(() => this.#checkContents(keyAt, header, place))
      if (isSound) this.#visitor(keyAt + keySizeBytes, keySizeBytes, valueSizeBytes)
      this.#recordCount += 1
      at = keyAt + keySizeBytes + valueSizeBytes
      this.#walkedBytes = at - blobHeaderBytes
    }
    this.#compareCount(file)
  }

  #readHeader(offsetBytes: number, endBytes: number, place: Place): BlobRecordHeader {
    const remainingBytes = endBytes - offsetBytes - blobRecordHeaderBytes
    if (remainingBytes < 0) {
      failAt(place, 'is cut', `${blobRecordHeaderBytes} bytes of header`, `${endBytes - offsetBytes} bytes`)
    }
    const header = decodeBlobRecordHeader(this.#window.view(offsetBytes, blobRecordHeaderBytes, place), true, place)
    const sizeBytes = header.keySizeBytes + header.valueSizeBytes
    if (sizeBytes > remainingBytes) {
      failAt(place, 'goes past the end of the records', `at most ${remainingBytes} bytes`, `${sizeBytes} bytes`)
    }
    return header
  }

  /** @returns true: it throws for anything else */
  #checkContents(keyAt: number, header: BlobRecordHeader, place: Place): boolean {
    const end = keyAt + header.keySizeBytes + header.valueSizeBytes
    let crc = 0
    for (let at = keyAt; at < end; at += limits.readChunkBytes) {
      if (at > keyAt) this.#checkpoint()
      crc = crc32c(this.#window.view(at, Math.min(limits.readChunkBytes, end - at), place), crc)
    }
    checkBlobCrc(crc, header, place)
    return true
  }

  #compareCount({ footer, recordsEndBytes }: BlobFile): void {
    if (footer === null || footer.blobCount === this.#recordCount) return
    const place = { file: this.#source.name, structure: 'blob file footer', offsetBytes: recordsEndBytes }
    this.#keep(damageAt(place, 'wrong number of records', `${footer.blobCount}`, `${this.#recordCount}`))
  }

  /** Runs a part of the walk; its damage is kept. */
  #collect<Result>(part: () => Result): Result | undefined {
    try {
      return part()
    } catch (error) {
      if (!(error instanceof DamageError)) throw error
      this.#keep(error.damage)
      return undefined
    }
  }

  #keep(damage: Damage): void {
    this.#damageCount += 1
    if (this.#damages.length < limits.damagesKeptMax) this.#damages.push(damage)
  }
}
