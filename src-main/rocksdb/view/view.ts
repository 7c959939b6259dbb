import { AppError } from '#base/app-error.ts'
import type { Damage } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { type Comparator, comparatorNamed } from '../comparator.ts'
import type { ColumnFamily, ManifestState, TableFile } from '../manifest/manifest-state.ts'
import { readManifest } from '../manifest/read-manifest.ts'
import { MemoryBudget } from '../memory-budget.ts'
import type { BlockCache } from '../sst/block-cache.ts'
import { type LoadedWal, loadWal, type WalFile } from '../wal/load-wal.ts'
import type { FileSet } from './file-set.ts'
import { LevelIterator, type LevelServices } from './level-iterator.ts'
import { MemoryIterator } from './memory-iterator.ts'
import { MergingIterator, type SourceIterator } from './merging-iterator.ts'
import { OpenTables } from './open-tables.ts'
import type { Row } from './row.ts'
import { RowReader } from './row-reader.ts'
import { ScanReport, type ViewDamage } from './scan-report.ts'
import { TombstoneCover } from './tombstone-cover.ts'
import { TombstoneIndex } from './tombstone-index.ts'

/** A scan that meets only deleted keys ends its page after this many versions. */
const ENTRIES_READ_MAX = 1_000_000
const DEFAULT_COMPARATOR = 'leveldb.BytewiseComparator'

export type ViewOptions = {
  readonly cache?: BlockCache
}

export type ScanRequest = {
  readonly columnFamilyId: number
  /** rows start behind this user key; null starts at `from` */
  readonly after: Uint8Array | null
  /** the first user key that may be a row; null starts at the first */
  readonly from: Uint8Array | null
  /** a page ends earlier at limits.pageBytesMax, with the row that reached it, and after much work for few rows */
  readonly limit: number
  /** bytes shown of one row's value */
  readonly maxValueBytes: number
}

export type ScanPage = {
  readonly rows: readonly Row[]
  /** pass it as `after` for the next page; null at the end */
  readonly next: Uint8Array | null
  /** what could not be read for this page: rows near it may be missing or old */
  readonly damages: readonly ViewDamage[]
}

/**
 * Opens a database state for reading, without a change to any file: the tables of the MANIFEST and the logs above
 * them. The WAL is read now, tables when a scan reaches them.
 * @throws AppError LIMIT_EXCEEDED, PATH_NOT_FOUND, IO_FAILED; DamageError when CURRENT names no MANIFEST
 */
export function openView(fileSet: FileSet, options: ViewOptions = {}): View {
  const source = fileSet.openManifest()
  let manifest: ManifestState
  try {
    manifest = readManifest(source)
  } finally {
    source.close()
  }
  return new View(fileSet, manifest, loadNeededLogs(fileSet, manifest), options)
}

/** What a person looking into the database sees: the newest version of every key. */
export class View {
  readonly manifest: ManifestState
  readonly wal: LoadedWal
  readonly #tables: OpenTables
  readonly #memoryTombstones = new Map<number, TombstoneIndex>()

  constructor(fileSet: FileSet, manifest: ManifestState, wal: LoadedWal, options: ViewOptions) {
    this.manifest = manifest
    this.wal = wal
    this.#tables = new OpenTables(fileSet, options.cache)
  }

  get columnFamilies(): readonly ColumnFamily[] {
    return this.manifest.columnFamilies
  }

  /** Of the MANIFEST or the last log record that counts. */
  get lastSequence(): number {
    return Math.max(this.manifest.lastSequence, this.wal.lastSequence ?? 0)
  }

  /** Damage of the MANIFEST and the logs; tables report theirs in the scans. */
  get damages(): readonly Damage[] {
    return [...this.manifest.damages, ...this.wal.damages]
  }

  /**
   * One page of rows in key order.
   * @throws AppError COLUMN_FAMILY_NOT_FOUND, BAD_REQUEST for a family with a custom comparator
   */
  scan(request: ScanRequest): ScanPage {
    const family = this.#family(request.columnFamilyId)
    const comparator = orderOf(family)
    const memory = new MemoryBudget(limits.scanMemoryBytesMax, {
      what: 'the tables under these rows',
      nextStep: 'Restore the backup and compact its database, then look again.',
    })
    const cover = new TombstoneCover(comparator, memory)
    const work = { readBytes: 0 }
    const services = { tables: this.#tables, comparator, cover, memory, work, report: new ScanReport() }
    const levels = levelFiles(family).map((files) => new LevelIterator(files, services))
    try {
      return this.#scan(request, services, [...this.#memory(family, services), ...levels])
    } finally {
      for (const level of levels) level.close()
    }
  }

  /** Closes every open table. */
  close(): void {
    this.#tables.close()
  }

  #scan(request: ScanRequest, services: LevelServices, children: readonly SourceIterator[]): ScanPage {
    const { cover, report, comparator } = services
    const merged = new MergingIterator(children, comparator)
    const reader = new RowReader(merged, { comparator, cover, report, valueBytesMax: request.maxValueBytes })
    report.key = request.after
    if (request.after !== null) reader.seekBehind(request.after)
    else if (request.from !== null) merged.seek(request.from)
    else merged.seekToFirst()
    const rows: Row[] = []
    let isFirst = true
    // the first key is always read: a page that came to nothing would be asked for again for ever
    while (merged.valid && rows.length < request.limit && (isFirst || isWithinBounds(reader, services))) {
      const { userKey } = merged.top
      if (report.key !== null && comparator.compare(report.key, report.key.length, userKey) >= 0) {
        // a page that went back would be followed by itself for ever
        merged.giveUp()
        continue
      }
      const key = new Uint8Array(userKey)
      report.key = key
      isFirst = false
      const row = reader.read(key)
      if (row !== null) rows.push(row)
    }
    return { rows, next: merged.valid ? report.key : null, damages: report.damages }
  }

  #family(id: number): ColumnFamily {
    const family = this.manifest.columnFamilies.find((candidate) => candidate.id === id)
    if (family !== undefined) return family
    throw new AppError('COLUMN_FAMILY_NOT_FOUND', { message: 'no such column family', subject: `${id}` })
  }

  #memory(family: ColumnFamily, services: LevelServices): SourceIterator[] {
    const run = this.wal.runs.get(family.id)
    if (run === undefined) return []
    let tombstones = this.#memoryTombstones.get(family.id)
    if (tombstones === undefined) {
      tombstones = new TombstoneIndex(run.rangeTombstones, services.comparator)
      this.#memoryTombstones.set(family.id, tombstones)
    }
    services.cover.add(tombstones, null)
    return [new MemoryIterator(run)]
  }
}

function isWithinBounds(reader: RowReader, { work }: LevelServices): boolean {
  const hasTime = reader.entriesRead < ENTRIES_READ_MAX && work.readBytes < limits.pageReadBytesMax
  return hasTime && reader.bytesCopied < limits.pageBytesMax
}

/** Each table of level 0 by itself, every other level as one. */
function levelFiles(family: ColumnFamily): TableFile[][] {
  const groups: TableFile[][] = []
  for (const file of family.files) {
    const last = groups.at(-1)
    if (file.level > 0 && last?.[0]?.level === file.level) last.push(file)
    else groups.push([file])
  }
  return groups
}

function orderOf(family: ColumnFamily): Comparator {
  const comparator = comparatorNamed(family.comparator ?? DEFAULT_COMPARATOR)
  const isStripped = comparator !== null && comparator.timestampBytes > 0 && !family.timestampsPersisted
  if (comparator !== null && !isStripped) return comparator
  throw new AppError('BAD_REQUEST', {
    message: `the key order ${family.comparator} is not known here, so its rows cannot be listed`,
    subject: family.name,
    unharmed: 'The files can still be verified and restored.',
  })
}

/** Logs below the MANIFEST's bound are left-overs (docs/formats/rocksdb.md §9.1). */
function loadNeededLogs(fileSet: FileSet, manifest: ManifestState): LoadedWal {
  const families = new Map(manifest.columnFamilies.map((family) => [family.id, family]))
  const files: WalFile[] = fileSet.walFiles
    .filter((file) => file.logNumber >= manifest.minLogNumberToKeep)
    .sort((left, right) => left.logNumber - right.logNumber)
  return loadWal(files, {
    logNumberOf: (id) => families.get(id)?.logNumber ?? null,
    comparatorOf: (id) => families.get(id)?.comparator ?? null,
    flushedSequence: manifest.lastSequence,
    trackedLogs: manifest.trackedLogs.filter((log) => log.logNumber >= manifest.minLogNumberToKeep),
    maxBytes: limits.viewWalBytesMax,
  })
}
