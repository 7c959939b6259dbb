import type { Comparator } from '../comparator.ts'
import type { TableFile } from '../manifest/manifest-state.ts'
import type { BlockCache } from '../sst/block-cache.ts'
import { openTable, type Table } from '../sst/table.ts'
import type { FileSet } from './file-set.ts'
import { TombstoneIndex } from './tombstone-index.ts'

/** enough for the open files of a scan over every level, with room for the next page */
const KEPT_TABLES_MAX = 64
/** what kept tables may hold: dictionaries, properties, range deletions */
const KEPT_BYTES_MAX = 64 * 1024 * 1024

/** A table that is open, with its range tombstones. */
export class OpenTable {
  readonly table: Table
  users = 0
  #tombstones: TombstoneIndex | null = null

  constructor(table: Table) {
    this.table = table
  }

  get heldBytes(): number {
    return this.table.heldBytes + (this.#tombstones?.heldBytes ?? 0)
  }

  /** @throws DamageError */
  tombstones(comparator: Comparator): TombstoneIndex {
    this.#tombstones ??= new TombstoneIndex(this.table.rangeTombstones(), comparator)
    return this.#tombstones
  }
}

/** Keeps the tables of a view open: those in use, and the last few that were. */
export class OpenTables {
  readonly #fileSet: FileSet
  readonly #cache: BlockCache | undefined
  /** in the order of last use */
  readonly #idle = new Map<number, OpenTable>()
  readonly #used = new Map<number, OpenTable>()
  #idleBytes = 0

  constructor(fileSet: FileSet, cache: BlockCache | undefined) {
    this.#fileSet = fileSet
    this.#cache = cache
  }

  /** Release it when done. @throws DamageError, AppError */
  acquire(file: TableFile): OpenTable {
    const open = this.#used.get(file.fileNumber) ?? this.#takeIdle(file.fileNumber) ?? this.#open(file)
    this.#used.set(file.fileNumber, open)
    open.users += 1
    return open
  }

  release(open: OpenTable, fileNumber: number): void {
    open.users -= 1
    if (open.users > 0) return
    this.#used.delete(fileNumber)
    this.#idle.set(fileNumber, open)
    this.#idleBytes += open.heldBytes
    for (const oldest of this.#idle.keys()) {
      if (this.#idle.size <= KEPT_TABLES_MAX && this.#idleBytes <= KEPT_BYTES_MAX) return
      this.#takeIdle(oldest)?.table.close()
    }
  }

  close(): void {
    for (const open of [...this.#idle.values(), ...this.#used.values()]) open.table.close()
    this.#idle.clear()
    this.#used.clear()
  }

  #takeIdle(fileNumber: number): OpenTable | undefined {
    const open = this.#idle.get(fileNumber)
    if (open === undefined) return undefined
    this.#idle.delete(fileNumber)
    this.#idleBytes -= open.heldBytes
    return open
  }

  #open(file: TableFile): OpenTable {
    const source = this.#fileSet.openTable(file.fileNumber)
    try {
      // the number in the MANIFEST counts only in ingested files, which the table knows
      const table = openTable(source, { cache: this.#cache, globalSequence: file.largestSequence })
      return new OpenTable(table)
    } catch (error) {
      source.close()
      throw error
    }
  }
}
