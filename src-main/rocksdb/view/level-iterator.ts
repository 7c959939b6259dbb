import { assert } from '#base/assert.ts'
import { DamageError } from '#base/damage.ts'
import type { BlobLocation } from '../blob/blob-file.ts'
import type { Comparator } from '../comparator.ts'
import { formatFileNumber } from '../database-file-name.ts'
import type { TableFile } from '../manifest/manifest-state.ts'
import type { MemoryBudget } from '../memory-budget.ts'
import { damageAt } from '../place.ts'
import type { TableIterator } from '../sst/table-iterator.ts'
import { type Direction, signOf } from './direction.ts'
import type { SourceIterator } from './merging-iterator.ts'
import type { OpenTable, OpenTables } from './open-tables.ts'
import type { ScanReport } from './scan-report.ts'
import type { TombstoneCover } from './tombstone-cover.ts'

/** After so many unreadable blocks the rest of a table is given up. */
const UNREADABLE_BLOCKS_MAX = 100
const noBytes = new Uint8Array(0)

/** What the levels of one scan share. */
export type LevelServices = {
  readonly tables: OpenTables
  readonly comparator: Comparator
  readonly direction: Direction
  /** a walk over everything: the cache is for those who look here and there */
  readonly readsOnce: boolean
  readonly cover: TombstoneCover
  readonly report: ScanReport
  readonly memory: MemoryBudget
  /** bytes of data blocks read so far, as they are in memory */
  readonly work: { readBytes: number }
}

/**
 * A cursor over tables whose key ranges follow one another: a level below the first, or one table of level 0.
 * A table is opened when the cursor reaches its range. Damage goes to the report, and the cursor to the next
 * readable entry.
 */
export class LevelIterator implements SourceIterator {
  // plain fields: a merge reads them several times for every entry
  valid = false
  userKey: Uint8Array = noBytes
  sequence = 0
  type = 0
  readonly #files: readonly TableFile[]
  readonly #services: LevelServices
  readonly #step: 1 | -1
  #index: number
  #open: OpenTable | null = null
  #cursor: TableIterator | null = null
  #heldBytes = 0
  #countedReadBytes = 0

  constructor(files: readonly TableFile[], services: LevelServices) {
    this.#files = files
    this.#services = services
    this.#step = signOf(services.direction)
    this.#index = this.#isForward ? -1 : files.length
  }

  get value(): Uint8Array {
    return this.#cursor?.value ?? noBytes
  }

  get sourceName(): string {
    return `${formatFileNumber(this.#files[this.#index]?.fileNumber ?? 0)}.sst`
  }

  embeddedBlob(location: BlobLocation): Uint8Array {
    assert(this.#open !== null, 'the cursor stands on an entry')
    return this.#open.table.embeddedBlob(location)
  }

  rewind(): void {
    this.#enter(this.#isForward ? 0 : this.#files.length - 1)
    this.#move(this.#isForward ? toFirst : toLast)
  }

  /** A scan does not come back to a table it has left. */
  seek(userKey: Uint8Array): void {
    const { comparator } = this.#services
    if (this.valid && this.#step * comparator.compare(this.userKey, this.userKey.length, userKey) >= 0) return
    const index = this.#isForward ? this.#firstFileReaching(userKey) : this.#lastFileReaching(userKey)
    if (this.#step * (index - this.#index) > 0) this.#enter(index)
    this.#move(this.#isForward ? (cursor) => cursor.seek(userKey) : (cursor) => cursor.seekForPrev(userKey))
  }

  advance(): void {
    const cursor = this.#cursor
    // the common case: the entry is in the block that is open
    if (cursor?.valid === true) {
      try {
        if (this.#isForward) cursor.next()
        else cursor.prev()
        if (cursor.valid && cursor.readBytes === this.#countedReadBytes) {
          this.userKey = cursor.userKey
          this.sequence = cursor.sequence
          this.type = cursor.type
          return
        }
      } catch (error) {
        this.#goOn(error, true)
      }
    }
    this.#settle()
  }

  giveUp(): void {
    const file = this.#files[this.#index]
    if (file === undefined) return
    const place = { file: this.sourceName, structure: 'table', offsetBytes: null }
    this.#services.report.addTable(new DamageError(damageAt(place, 'keys are not ascending')), file, true)
    this.close()
    this.#settle()
  }

  /** Gives the table back; the cursor stands on nothing. */
  close(): void {
    if (this.#open !== null) this.#services.tables.release(this.#open, this.#files[this.#index]?.fileNumber ?? 0)
    this.#open = null
    this.#cursor = null
  }

  #move(move: (cursor: TableIterator) => void): void {
    this.#moveInTable(move)
    this.#settle()
  }

  /** To the next table while this one has nothing more. */
  #settle(): void {
    while (this.#cursor?.valid !== true && this.#files[this.#index] !== undefined) {
      this.#enter(this.#index + this.#step)
      this.#moveInTable(this.#isForward ? toFirst : toLast)
    }
    const cursor = this.#cursor
    this.valid = cursor?.valid ?? false
    this.#count(cursor)
    if (cursor === null || !this.valid) return
    this.userKey = cursor.userKey
    this.sequence = cursor.sequence
    this.type = cursor.type
  }

  /** What the move cost; nothing while it stays inside a block. */
  #count(cursor: TableIterator | null): void {
    if (cursor !== null && cursor.readBytes === this.#countedReadBytes) return
    const readBytes = cursor?.readBytes ?? 0
    const heldBytes = cursor === null ? 0 : cursor.heldBytes + (this.#open?.table.heldBytes ?? 0)
    this.#services.work.readBytes += readBytes - this.#countedReadBytes
    this.#services.memory.take(heldBytes - this.#heldBytes)
    this.#countedReadBytes = readBytes
    this.#heldBytes = heldBytes
  }

  #moveInTable(move: (cursor: TableIterator) => void): void {
    const cursor = this.#cursor
    if (cursor === null) return
    const isUnderWay = cursor.valid
    try {
      move(cursor)
    } catch (error) {
      this.#goOn(error, isUnderWay)
    }
  }

  /** Steps over blocks that cannot be read; a table with many of them is given up. */
  #goOn(thrown: unknown, isUnderWay: boolean): void {
    const cursor = this.#cursor
    const file = this.#files[this.#index]
    if (cursor === null || file === undefined) throw thrown
    let error = thrown
    let lastOffset: number | null = null
    for (let failures = 0; failures < UNREADABLE_BLOCKS_MAX; failures += 1) {
      const damage = this.#services.report.addTable(error, file, isUnderWay)
      const isSamePlace = failures > 0 && damage.offsetBytes === lastOffset
      if (!(error instanceof DamageError) || isSamePlace) break
      lastOffset = damage.offsetBytes
      try {
        if (this.#isForward) cursor.next()
        else cursor.prev()
        return
      } catch (next) {
        error = next
      }
    }
    this.close()
  }

  #enter(index: number): void {
    this.close()
    this.#countedReadBytes = 0
    this.#index = index
    const file = this.#files[index]
    if (file === undefined) return
    try {
      this.#open = this.#services.tables.acquire(file)
      this.#cursor = this.#open.table.iterator(this.#services.readsOnce)
    } catch (error) {
      this.#services.report.addTable(error, file, false)
    }
    this.#addTombstones(file, this.#open)
  }

  #addTombstones(file: TableFile, open: OpenTable | null): void {
    if (open === null) return
    let index: ReturnType<OpenTable['tombstones']>
    try {
      index = open.tombstones(this.#services.comparator)
    } catch (error) {
      this.#services.report.addTable(error, file, false)
      return
    }
    this.#services.cover.add(index, file)
  }

  get #isForward(): boolean {
    return this.#step === 1
  }

  #firstFileReaching(userKey: Uint8Array): number {
    let low = 0
    let high = this.#files.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const largestKey = this.#files[middle]?.largestKey ?? userKey
      if (this.#services.comparator.compare(largestKey, largestKey.length, userKey) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  #lastFileReaching(userKey: Uint8Array): number {
    let low = 0
    let high = this.#files.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const smallestKey = this.#files[middle]?.smallestKey ?? userKey
      if (this.#services.comparator.compare(smallestKey, smallestKey.length, userKey) <= 0) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

function toFirst(cursor: TableIterator): void {
  cursor.seekToFirst()
}

function toLast(cursor: TableIterator): void {
  cursor.seekToLast()
}
