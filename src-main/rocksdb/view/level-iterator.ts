import { assert } from '#base/assert.ts'
import { DamageError } from '#base/damage.ts'
import { formatFileNumber } from '../database-file-name.ts'
import type { InternalIterator } from '../internal-iterator.ts'
import type { TableFile } from '../manifest/manifest-state.ts'
import type { Comparator } from '../sst/comparator.ts'
import type { SourceIterator } from './merging-iterator.ts'
import type { OpenTable, OpenTables } from './open-tables.ts'
import type { ScanReport } from './scan-report.ts'
import type { TombstoneCover } from './tombstone-cover.ts'

/** After so many unreadable blocks the rest of a table is given up. */
const UNREADABLE_BLOCKS_MAX = 100

export type LevelServices = {
  readonly tables: OpenTables
  readonly comparator: Comparator
  readonly cover: TombstoneCover
  readonly report: ScanReport
}

/**
 * A cursor over tables whose key ranges follow one another: a level below the first, or one table of level 0.
 * A table is opened when the cursor reaches its range. Damage goes to the report, and the cursor to the next
 * readable entry.
 */
export class LevelIterator implements SourceIterator {
  readonly #files: readonly TableFile[]
  readonly #services: LevelServices
  #index = 0
  #open: OpenTable | null = null
  #cursor: InternalIterator | null = null

  constructor(files: readonly TableFile[], services: LevelServices) {
    this.#files = files
    this.#services = services
  }

  get valid(): boolean {
    return this.#cursor?.valid ?? false
  }

  get userKey(): Uint8Array {
    return this.#entry().userKey
  }

  get sequence(): number {
    return this.#entry().sequence
  }

  get type(): number {
    return this.#entry().type
  }

  get value(): Uint8Array {
    return this.#entry().value
  }

  get sourceName(): string {
    return `${formatFileNumber(this.#files[this.#index]?.fileNumber ?? 0)}.sst`
  }

  seekToFirst(): void {
    this.#enter(0)
    this.#move((cursor) => cursor.seekToFirst())
  }

  seek(userKey: Uint8Array): void {
    this.#enter(this.#firstFileReaching(userKey))
    this.#move((cursor) => cursor.seek(userKey))
  }

  next(): void {
    this.#move((cursor) => cursor.next())
  }

  /** Gives the table back; the cursor cannot be used any more. */
  close(): void {
    if (this.#open !== null) this.#services.tables.release(this.#open)
    this.#open = null
    this.#cursor = null
  }

  #entry(): InternalIterator {
    assert(this.#cursor?.valid, 'the level stands on an entry')
    return this.#cursor
  }

  #move(move: (cursor: InternalIterator) => void): void {
    this.#moveInTable(move)
    while (!this.valid && this.#index < this.#files.length) {
      this.#enter(this.#index + 1)
      this.#moveInTable((cursor) => cursor.seekToFirst())
    }
  }

  /** Steps over blocks that cannot be read. */
  #moveInTable(move: (cursor: InternalIterator) => void): void {
    const cursor = this.#cursor
    const file = this.#files[this.#index]
    if (cursor === null || file === undefined) return
    const keyBefore = cursor.valid ? new Uint8Array(cursor.userKey) : null
    let attempt = move
    let lastOffset: number | null = null
    for (let failures = 0; failures < UNREADABLE_BLOCKS_MAX; failures += 1) {
      try {
        attempt(cursor)
        return
      } catch (error) {
        const damage = this.#services.report.addTable(error, file, keyBefore)
        const isSamePlace = failures > 0 && damage.offsetBytes === lastOffset
        if (!(error instanceof DamageError) || isSamePlace) break
        lastOffset = damage.offsetBytes
        attempt = (broken) => broken.next()
      }
    }
    this.close()
  }

  #enter(index: number): void {
    this.close()
    this.#index = index
    const file = this.#files[index]
    if (file === undefined) return
    try {
      this.#open = this.#services.tables.acquire(file)
      this.#cursor = this.#open.table.iterator()
    } catch (error) {
      this.#services.report.addTable(error, file, null)
    }
    this.#addTombstones(file)
  }

  #addTombstones(file: TableFile): void {
    if (this.#open === null) return
    try {
      this.#services.cover.add(this.#open.tombstones(this.#services.comparator))
    } catch (error) {
      this.#services.report.addTable(error, file, null)
    }
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
}
