import type { ByteSource } from '#base/byte-source.ts'
import { type Damage, DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { fixed32At } from '../little-endian.ts'
import type { BlockHandle } from './block-handle.ts'
import { blockTrailerBytes } from './block-handle.ts'
import { type BlockSource, checkStoredBlock, readStoredBlock } from './block-reader.ts'
import { xxh3BlockChecksum } from './checksum.ts'
import { type Footer, readFooter } from './footer.ts'
import { IndexCursor, type IndexShape } from './index-cursor.ts'
import { filterIndexShape, indexShape } from './index-shape.ts'
import { kernelWindow, kernelWindowXxh3 } from './kernel/block-kernel.ts'
import { readMetaindex } from './metaindex.ts'
import { readTableProperties } from './properties.ts'
import { readPropertyMap } from './property-map.ts'
import { ReadWindow } from './read-window.ts'
import { propertiesHandle } from './table.ts'

export type VerifyOptions = {
  /** called for every block; it may throw to stop */
  readonly checkpoint?: (() => void) | undefined
}

export type BlockVerification = {
  /** blocks that were found, damaged ones included */
  readonly blockCount: number
  /** their bytes, trailers included */
  readonly bytes: number
  /** false: the file was written without checksums, so blocks without damage are readable, not verified */
  readonly isVerifiable: boolean
  /** the first damages, at most limits.damagesKeptMax */
  readonly damages: readonly Damage[]
  readonly damageCount: number
}

/**
 * Compares the checksum of every block the footer leads to: data, index, filter, dictionary, range deletions,
 * properties, metaindex. Damaged blocks are collected and passed by; blocks behind a damaged index cannot be found.
 * Memory is bounded by the read window, the index and the largest block; what lies between blocks (padding, embedded
 * blobs) has no handle and is not looked at.
 * @throws AppError IO_FAILED, and what checkpoint throws
 */
export function verifyBlocks(source: ByteSource, options: VerifyOptions = {}): BlockVerification {
  const run = new VerificationRun(source, options.checkpoint ?? (() => {}))
  run.collect(() => run.verify())
  return run.result()
}

class VerificationRun {
  readonly #source: ByteSource
  readonly #checkpoint: () => void
  readonly #window: ReadWindow
  readonly #damages: Damage[] = []
  #damageCount = 0
  #blockCount = 0
  #bytes = 0
  #isVerifiable = true

  constructor(source: ByteSource, checkpoint: () => void) {
    this.#source = source
    this.#checkpoint = checkpoint
    this.#window = new ReadWindow(source, kernelWindow.length, kernelWindow)
  }

  result(): BlockVerification {
    return {
      blockCount: this.#blockCount,
      bytes: this.#bytes,
      isVerifiable: this.#isVerifiable,
      damages: this.#damages,
      damageCount: this.#damageCount,
    }
  }

  verify(): void {
    const source = this.#source
    const file: BlockSource = { source, footer: readFooter(source), verifyChecksums: true, cache: null, cacheKey: '' }
    this.#isVerifiable = file.footer.checksumKind !== 'none'
    this.#count(file.footer.metaindex)
    const metaindex = readMetaindex(file)
    const propertiesAt = propertiesHandle(file, metaindex)
    this.#count(propertiesAt)
    const properties = this.collect(() => {
      const place = { file: source.name, structure: 'properties block', offsetBytes: propertiesAt.offsetBytes }
      return readTableProperties(readPropertyMap(file, propertiesAt), file.footer.formatVersion, place)
    })
    if (properties === undefined) this.collect(() => this.#checkBlock(file, metaindex.index, 'index block'))
    else this.#walkIndex(file, indexShape(metaindex, properties), 'data block')
    for (const [name, handle] of metaindex.handles) {
      if (name === 'rocksdb.index' || handle === propertiesAt) continue
      if (name.startsWith('partitionedfilter.') && properties !== undefined) {
        this.#walkIndex(file, filterIndexShape(handle, properties), 'filter partition')
      } else {
        this.collect(() => this.#checkBlock(file, handle, name))
      }
    }
  }

  /** Runs a part of the check; its damage is kept and the rest goes on. */
  collect<Result>(part: () => Result): Result | undefined {
    try {
      return part()
    } catch (error) {
      if (!(error instanceof DamageError)) throw error
      this.#damageCount += 1
      if (this.#damages.length < limits.damagesKeptMax) this.#damages.push(error.damage)
      return undefined
    }
  }

  #walkIndex(file: BlockSource, shape: IndexShape, structure: string): void {
    this.#count(shape.handle)
    const onPartition = (partition: BlockHandle): void => this.#count(partition)
    const cursor = this.collect(() => new IndexCursor(file, shape, onPartition))
    if (cursor === undefined) return
    const walk = (): true => {
      while (cursor.next()) {
        this.#checkpoint()
        const { handle } = cursor
        if (this.#isSoundInWindow(file.footer, handle)) this.#count(handle)
        else this.#checkBlock(file, handle, structure)
      }
      return true
    }
    // it goes on behind a damaged block; damage in a partition moves it to the next one, any other damage ends it
    while (this.collect(walk) !== true) this.#checkpoint()
  }

  /** The short way for most blocks, without an object for any; false says only that this way did not prove it. */
  #isSoundInWindow({ checksumKind, baseContext }: Footer, { offsetBytes, sizeBytes }: BlockHandle): boolean {
    if (checksumKind !== 'xxh3' || this.#window.bytes !== kernelWindow) return false
    const at = this.#window.locate(offsetBytes, sizeBytes + blockTrailerBytes)
    const hash = at < 0 ? null : kernelWindowXxh3(at, sizeBytes)
    if (hash === null) return false
    const typeAt = at + sizeBytes
    const found = xxh3BlockChecksum(hash, kernelWindow[typeAt] as number, baseContext, offsetBytes)
    return found === fixed32At(kernelWindow, typeAt + 1)
  }

  #checkBlock(file: BlockSource, handle: BlockHandle, structure: string): void {
    const place = { file: this.#source.name, structure, offsetBytes: handle.offsetBytes }
    this.#count(handle)
    checkStoredBlock(readStoredBlock(this.#window, handle, place), file.footer, place)
  }

  #count(handle: BlockHandle): void {
    this.#blockCount += 1
    this.#bytes += handle.sizeBytes + blockTrailerBytes
  }
}
