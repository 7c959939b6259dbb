import type { TableFile } from '../manifest/manifest-state.ts'
import type { BlockCache } from '../sst/block-cache.ts'
import type { Comparator } from '../sst/comparator.ts'
import { openTable, type Table } from '../sst/table.ts'
import type { FileSet } from './file-set.ts'
import { TombstoneIndex } from './tombstone-index.ts'

/** enough for the open files of a scan over every level, with room for the next page */
const IDLE_TABLES_MAX = 64

/** A table that is open, with its range tombstones. */
export class OpenTable {
  readonly table: Table
  users = 0
  #tombstones: TombstoneIndex | null = null

  constructor(table: Table) {
    this.table = table
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
  readonly #tables = new Map<number, OpenTable>()

  constructor(fileSet: FileSet, cache: BlockCache | undefined) {
    this.#fileSet = fileSet
    this.#cache = cache
  }

  /** Release it when done. @throws DamageError, AppError */
  acquire(file: TableFile): OpenTable {
    const open = this.#tables.get(file.fileNumber) ?? this.#open(file)
    this.#tables.delete(file.fileNumber)
    this.#tables.set(file.fileNumber, open)
    open.users += 1
    return open
  }

  release(open: OpenTable): void {
    open.users -= 1
    let surplus = this.#tables.size - IDLE_TABLES_MAX
    for (const [fileNumber, candidate] of this.#tables) {
      if (surplus <= 0) return
      if (candidate.users > 0) continue
      candidate.table.close()
      this.#tables.delete(fileNumber)
      surplus -= 1
    }
  }

  close(): void {
    for (const open of this.#tables.values()) open.table.close()
    this.#tables.clear()
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
