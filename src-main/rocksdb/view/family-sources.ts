import { limits } from '#base/limits.ts'
import type { Comparator } from '../comparator.ts'
import type { ColumnFamily, TableFile } from '../manifest/manifest-state.ts'
import { MemoryBudget } from '../memory-budget.ts'
import type { MemoryRun } from '../wal/load-wal.ts'
import type { Direction } from './direction.ts'
import { LevelIterator, type LevelServices } from './level-iterator.ts'
import { MemoryIterator } from './memory-iterator.ts'
import { MergingIterator, type SourceIterator } from './merging-iterator.ts'
import type { OpenTables } from './open-tables.ts'
import { ScanReport } from './scan-report.ts'
import { TombstoneCover } from './tombstone-cover.ts'
import type { TombstoneIndex } from './tombstone-index.ts'

/** Which sources of a family take part, and how they are read. */
export type SourceFilter = {
  /** only tables whose range holds this key */
  readonly key?: Uint8Array | undefined
  /** a walk over everything, which leaves the block cache alone */
  readonly readsOnce?: boolean | undefined
  /** only these tables */
  readonly accepts?: ((file: TableFile) => boolean) | undefined
}

export type FamilySourcesOptions = {
  readonly comparator: Comparator
  readonly direction: Direction
  readonly tables: OpenTables
  readonly memory: { readonly run: MemoryRun; readonly tombstones: TombstoneIndex } | null
  readonly filter: SourceFilter
}

/** The cursors of one scan over a column family, merged, with what they share. Close it to give the tables back. */
export class FamilySources {
  readonly family: ColumnFamily
  readonly comparator: Comparator
  readonly cover: TombstoneCover
  readonly report = new ScanReport()
  /** the newest first where it matters: the logs, level 0, then every other level */
  readonly children: readonly SourceIterator[]
  readonly merged: MergingIterator
  /** bytes of data blocks read so far, as they are in memory */
  readonly work = { readBytes: 0 }
  readonly tables: OpenTables
  readonly memory: FamilySourcesOptions['memory']
  readonly #levels: LevelIterator[]

  constructor(family: ColumnFamily, options: FamilySourcesOptions) {
    const { comparator, direction, tables, memory, filter } = options
    const budget = new MemoryBudget(limits.scanMemoryBytesMax, {
      what: 'the tables under these rows',
      nextStep: 'Restore the backup and compact its database, then look again.',
    })
    this.family = family
    this.comparator = comparator
    this.tables = tables
    this.memory = memory
    this.cover = new TombstoneCover(comparator, budget, direction)
    const services: LevelServices = {
      tables,
      comparator,
      direction,
      readsOnce: filter.readsOnce ?? false,
      cover: this.cover,
      memory: budget,
      work: this.work,
      report: this.report,
    }
    this.#levels = levelFiles(family, acceptedBy(filter, comparator)).map((files) => new LevelIterator(files, services))
    const children: SourceIterator[] = [...this.#levels]
    if (memory !== null) {
      this.cover.add(memory.tombstones, null)
      children.unshift(new MemoryIterator(memory.run, direction))
    }
    this.children = children
    this.merged = new MergingIterator(children, comparator, direction)
  }

  close(): void {
    for (const level of this.#levels) level.close()
  }
}

function acceptedBy({ key, accepts }: SourceFilter, comparator: Comparator): (file: TableFile) => boolean {
  return (file) => (key === undefined || holds(file, key, comparator)) && (accepts === undefined || accepts(file))
}

/** Whether the key lies in the table's range; timestamps in bounds count towards their keys. */
function holds({ smallestKey, largestKey }: TableFile, key: Uint8Array, comparator: Comparator): boolean {
  if (comparator.timestampBytes > 0) return true
  return (
    comparator.compare(smallestKey, smallestKey.length, key) <= 0 &&
    comparator.compare(largestKey, largestKey.length, key) >= 0
  )
}

/** Each table of level 0 by itself, every other level as one. */
function levelFiles(family: ColumnFamily, isAccepted: (file: TableFile) => boolean): TableFile[][] {
  const groups: TableFile[][] = []
  for (const file of family.files) {
    if (!isAccepted(file)) continue
    const last = groups.at(-1)
    if (file.level > 0 && last?.[0]?.level === file.level) last.push(file)
    else groups.push([file])
  }
  return groups
}
