import { basename, dirname, join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { AssertionError } from '#base/assert.ts'
import { removeIfThere, syncDirectory, writeFileDurably } from '#base/durable-file.ts'
import { fileError } from '#base/file-error.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { SegmentIndexBuilder } from '../../repository/archive/segment-index-builder.ts'
import { indexName, segmentName, timelineFolder } from '../../repository/archive/segment-names.ts'
import { crc32c } from '../../rocksdb/crc32c.ts'
import { LogWriter } from '../../rocksdb/log/log-writer.ts'
import { copyBytes } from './copy-bytes.ts'

export type SegmentPlace = {
  readonly repositoryPath: string
  readonly timeline: string
  readonly layer: FileLayer
}

/**
 * The newest segment of a timeline while it grows. Its file is born with the first record. After a call that threw, it is of
 * no use: what is in the file behind `syncedBytes` is not known.
 */
export class OpenSegment {
  readonly path: string
  readonly firstSequence: number
  readonly index: SegmentIndexBuilder
  lastSequence: number
  syncedBytes = 0
  readonly #place: SegmentPlace
  readonly #writer: LogWriter
  readonly #knownTimestampSizes = new Set<number>()
  #descriptor: number | null = null
  #crc = 0
  #isNameSynced = false

  constructor(place: SegmentPlace, firstSequence: number, index = new SegmentIndexBuilder(firstSequence)) {
    this.#place = place
    this.firstSequence = firstSequence
    this.lastSequence = firstSequence - 1
    this.path = join(place.repositoryPath, timelineFolder(place.timeline), segmentName(firstSequence))
    this.index = index
    this.#writer = new LogWriter((bytes) => this.#write(bytes))
  }

  /**
   * Goes on with a segment that a former run left open because it held no sequence. A file layer only writes to files that
   * it has made, so the same bytes take its place.
   */
  static adopt(
    place: SegmentPlace,
    left: { firstSequence: number; sizeBytes: number; index: SegmentIndexBuilder },
  ): OpenSegment {
    const segment = new OpenSegment(place, left.firstSequence, left.index)
    segment.#guarded(() => segment.#copy(left.sizeBytes))
    return segment
  }

  /** False while no record in it has used up a number: then another segment could get the same name. */
  get hasSequence(): boolean {
    return this.lastSequence >= this.firstSequence
  }

  /** True once its file was made here. */
  get hasFile(): boolean {
    return this.#descriptor !== null
  }

  get sizeBytes(): number {
    return this.#writer.sizeBytes
  }

  /** Where the next record will start. */
  get nextRecordOffsetBytes(): number {
    return this.#writer.nextRecordOffsetBytes
  }

  /** Writes the sizes of timestamps that the records from here on may need. */
  noteTimestampSizes(sizes: ReadonlyMap<number, number>): void {
    if (sizes.size === this.#knownTimestampSizes.size) return
    const fresh = [...sizes].filter(([columnFamilyId]) => !this.#knownTimestampSizes.has(columnFamilyId))
    for (const [columnFamilyId] of fresh) this.#knownTimestampSizes.add(columnFamilyId)
    if (fresh.length === 0) return
    this.#writer.appendTimestampSizes(fresh.map(([columnFamilyId, sizeBytes]) => ({ columnFamilyId, sizeBytes })))
  }

  /** @param pieces of one record's payload */
  append(pieces: readonly Uint8Array[], lastSequence: number): void {
    this.#writer.append(pieces)
    this.lastSequence = lastSequence
  }

  /** Makes everything appended survive a power cut. @throws AppError DISK_FULL, IO_FAILED */
  sync(): void {
    if (this.syncedBytes === this.sizeBytes) return
    this.#guarded(() => {
      this.#writer.flush()
      if (this.#descriptor === null) return
      this.#place.layer.sync(this.#descriptor)
      if (!this.#isNameSynced) syncDirectory(dirname(this.path), this.#place.layer)
      this.#isNameSynced = true
      this.syncedBytes = this.sizeBytes
    })
  }

  /** Ends the segment: from here on it has an index and never changes. @throws AppError DISK_FULL, IO_FAILED */
  close(): void {
    this.sync()
    this.#guarded(() => {
      if (this.#descriptor === null) return
      const { firstSequence, lastSequence, sizeBytes } = this
      const bytes = this.index.encode({ firstSequence, lastSequence, sizeBytes, crc32c: this.#crc })
      writeFileDurably(indexName(this.path), bytes, this.#place.layer)
      const descriptor = this.#descriptor
      this.#descriptor = null
      this.#place.layer.close(descriptor)
    })
  }

  /** Gives the file up as it is. */
  abandon(): void {
    const descriptor = this.#descriptor
    this.#descriptor = null
    try {
      if (descriptor !== null) this.#place.layer.close(descriptor)
    } catch {
      // it is given up because something failed already, which is what is reported
    }
  }

  #copy(sizeBytes: number): void {
    const { layer } = this.#place
    const temporary = join(dirname(this.path), `.${basename(this.path)}.tmp`)
    removeIfThere(temporary, layer)
    const descriptor = layer.open(temporary, 'wx')
    this.#descriptor = descriptor
    this.#crc = copyBytes(this.path, sizeBytes, (bytes) => layer.write(descriptor, bytes))
    layer.sync(descriptor)
    layer.rename(temporary, this.path)
    syncDirectory(dirname(this.path), layer)
    this.#isNameSynced = true
    this.#writer.reset(sizeBytes)
    this.syncedBytes = sizeBytes
  }

  #write(bytes: Uint8Array): void {
    this.#guarded(() => {
      this.#descriptor ??= this.#place.layer.open(this.path, 'wx')
      this.#place.layer.write(this.#descriptor, bytes)
      this.#crc = crc32c(bytes, this.#crc)
    })
  }

  #guarded(work: () => void): void {
    try {
      work()
    } catch (cause) {
      throw cause instanceof AppError || cause instanceof AssertionError ? cause : fileError(cause, this.path)
    }
  }
}
