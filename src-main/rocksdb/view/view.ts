import { AppError } from '#base/app-error.ts'
import type { Damage } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { type Comparator, comparatorNamed } from '../comparator.ts'
import type { ColumnFamily, ManifestState } from '../manifest/manifest-state.ts'
import { readManifest } from '../manifest/read-manifest.ts'
import type { BlockCache } from '../sst/block-cache.ts'
import type { KeyFilter } from '../wal/batch-replay.ts'
import { type LoadedWal, loadWal } from '../wal/load-wal.ts'
import type { WalRecoveryMode } from '../wal/recovery-mode.ts'
import type { WalFile } from '../wal/wal-file.ts'
import { ContentReader } from './content-reader.ts'
import type { Direction } from './direction.ts'
import { FamilySources, type SourceFilter } from './family-sources.ts'
import type { FileSet } from './file-set.ts'
import { readHistory } from './history.ts'
import { OpenBlobs } from './open-blobs.ts'
import { OpenTables } from './open-tables.ts'
import type { KeyHistory, KeyRange, KeyRequest, ScanPage, ScanRequest } from './requests.ts'
import type { Row } from './row.ts'
import { RowCursor } from './row-cursor.ts'
import { scanForward, scanReverse } from './scan-page.ts'
import type { ViewDamage } from './scan-report.ts'
import { TombstoneIndex } from './tombstone-index.ts'

const DEFAULT_COMPARATOR = 'leveldb.BytewiseComparator'

export type ViewOptions = {
  readonly cache?: BlockCache | undefined
  /** the state after the last commit up to this sequence; absent or null: after all of them */
  readonly upToSequence?: number | null | undefined
  /** see LoadWalOptions */
  readonly keptValueBytesMax?: number | undefined
  readonly recoveryMode?: WalRecoveryMode | undefined
  /** called while logs are read: may throw to stop */
  readonly checkpoint?: (() => void) | undefined
  /** of the logs only operations on these keys: rows of other keys are as tables have them; absent: all */
  readonly accepts?: KeyFilter | undefined
  /** logs archived behind those of the file set, in order and in whole commits */
  readonly archive?: readonly WalFile[] | undefined
}

export type WalkOptions = Pick<KeyRange, 'from'> & {
  /** called at every deleted row, of which there may be millions between two that are seen; it may throw to stop */
  readonly checkpoint?: (() => void) | undefined
}

/**
 * Opens a database state for reading, without a change to any file: the tables of the MANIFEST and the logs above
 * them. The WAL is read now, tables when a scan reaches them.
 * @throws AppError LIMIT_EXCEEDED, PATH_NOT_FOUND, IO_FAILED; INSTANT_NOT_COVERED when tables hold newer versions than
 * the instant asked for; DamageError when CURRENT names no MANIFEST
 */
export function openView(fileSet: FileSet, options: ViewOptions = {}): View {
  const source = fileSet.openManifest()
  let manifest: ManifestState
  try {
    manifest = readManifest(source)
  } finally {
    source.close()
  }
  checkInstant(manifest, options.upToSequence ?? null)
  return new View(fileSet, manifest, loadNeededLogs(fileSet, manifest, options), options)
}

/** What a person looking into the database sees: the newest version of every key, at one instant. */
export class View {
  readonly manifest: ManifestState
  readonly wal: LoadedWal
  readonly #tables: OpenTables
  readonly #blobs: OpenBlobs
  readonly #upToSequence: number | null
  readonly #memoryTombstones = new Map<number, TombstoneIndex>()

  constructor(fileSet: FileSet, manifest: ManifestState, wal: LoadedWal, options: ViewOptions) {
    this.manifest = manifest
    this.wal = wal
    this.#tables = new OpenTables(fileSet, options.cache)
    this.#blobs = new OpenBlobs(fileSet)
    this.#upToSequence = options.upToSequence ?? null
  }

  get columnFamilies(): readonly ColumnFamily[] {
    return this.manifest.columnFamilies
  }

  /** Of the MANIFEST or the last log record that counts, and never behind the instant that was asked for. */
  get lastSequence(): number {
    const last = Math.max(this.manifest.lastSequence, this.wal.lastSequence ?? 0)
    return this.#upToSequence === null ? last : Math.min(last, this.#upToSequence)
  }

  /** The first instant that tables do not hide: from here on to its last sequence, this state can be seen exactly. */
  get exactFromSequence(): number {
    return newestInTables(this.manifest)
  }

  /** Damage of the MANIFEST and the logs; tables report theirs in the scans. */
  get damages(): readonly Damage[] {
    return [...this.manifest.damages, ...this.wal.damages]
  }

  /**
   * One page of rows in key order, or in reverse.
   * @throws AppError COLUMN_FAMILY_NOT_FOUND, BAD_REQUEST for a family with a custom comparator
   */
  scan(request: ScanRequest): ScanPage {
    const isReverse = request.isReverse === true
    const sources = this.#sources(request.columnFamilyId, isReverse ? 'reverse' : 'forward')
    try {
      const contents = new ContentReader(this.#blobs, sources.report, request.maxValueBytes)
      return isReverse ? scanReverse(sources, contents, request) : scanForward(sources, contents, request)
    } finally {
      sources.close()
    }
  }

  /** The row of one key, null when there is none. Looks only into tables whose range holds the key. @throws AppError */
  get(request: KeyRequest): { row: Row | null; damages: readonly ViewDamage[] } {
    const sources = this.#sources(request.columnFamilyId, 'forward', { key: request.key })
    try {
      const cursor = new RowCursor(sources.merged, { ...sources, mayGoOn: () => false })
      cursor.seek(request.key)
      const contents = new ContentReader(this.#blobs, sources.report, request.maxValueBytes)
      const isFound = cursor.valid && sources.comparator.compare(cursor.key, cursor.key.length, request.key) === 0
      return { row: isFound ? cursor.row(contents) : null, damages: sources.report.damages }
    } finally {
      sources.close()
    }
  }

  /** Every version of a key that is still there, deleted ones included. @throws AppError */
  history(request: KeyRequest & { readonly limit: number }): KeyHistory {
    const sources = this.#sources(request.columnFamilyId, 'forward', { key: request.key })
    try {
      const contents = new ContentReader(this.#blobs, sources.report, request.maxValueBytes)
      return readHistory(sources, contents, request)
    } finally {
      sources.close()
    }
  }

  /**
   * A walk over the rows from `from` on, without an allocation for a row; its end is the caller's business. Close it.
   * @throws AppError COLUMN_FAMILY_NOT_FOUND, BAD_REQUEST for a family with a custom comparator
   */
  walk(columnFamilyId: number, options: WalkOptions = { from: null }): RowWalk {
    const sources = this.#sources(columnFamilyId, 'forward', { readsOnce: true })
    try {
      return new RowWalk(sources, options, this.#blobs)
    } catch (error) {
      sources.close()
      throw error
    }
  }

  /** What a walk over a part of a family's sources is made of. @throws AppError */
  sourcesOf(columnFamilyId: number, direction: Direction, filter: SourceFilter): FamilySources {
    return this.#sources(columnFamilyId, direction, filter)
  }

  /** Closes every open file. */
  close(): void {
    this.#tables.close()
    this.#blobs.close()
    this.wal.close()
  }

  #sources(columnFamilyId: number, direction: Direction, filter: SourceFilter = {}): FamilySources {
    const family = this.#family(columnFamilyId)
    const comparator = orderOf(family)
    const run = this.wal.runs.get(family.id) ?? null
    const memory = run === null ? null : { run, tombstones: this.#tombstonesOf(family.id, comparator) }
    return new FamilySources(family, { comparator, direction, tables: this.#tables, memory, filter })
  }

  #family(id: number): ColumnFamily {
    const family = this.manifest.columnFamilies.find((candidate) => candidate.id === id)
    if (family !== undefined) return family
    throw new AppError('COLUMN_FAMILY_NOT_FOUND', { message: 'no such column family', subject: `${id}` })
  }

  #tombstonesOf(familyId: number, comparator: Comparator): TombstoneIndex {
    let tombstones = this.#memoryTombstones.get(familyId)
    if (tombstones === undefined) {
      tombstones = new TombstoneIndex(this.wal.runs.get(familyId)?.rangeTombstones ?? [], comparator)
      this.#memoryTombstones.set(familyId, tombstones)
    }
    return tombstones
  }
}

/** A walk over all rows of a family, at work until it is closed. */
export class RowWalk {
  readonly cursor: RowCursor
  readonly comparator: Comparator
  readonly #sources: FamilySources
  readonly #blobs: OpenBlobs

  constructor(sources: FamilySources, { from, checkpoint }: WalkOptions, blobs: OpenBlobs) {
    this.#sources = sources
    this.#blobs = blobs
    this.comparator = sources.comparator
    const mayGoOn = () => {
      checkpoint?.()
      return true
    }
    this.cursor = new RowCursor(sources.merged, { ...sources, mayGoOn })
    if (from === null) this.cursor.rewind()
    else this.cursor.seek(from)
  }

  /** what could not be read so far */
  get damages(): readonly ViewDamage[] {
    return this.#sources.report.damages
  }

  /** The row under the cursor, copied. */
  row(maxValueBytes: number): Row {
    return this.cursor.row(new ContentReader(this.#blobs, this.#sources.report, maxValueBytes))
  }

  close(): void {
    this.#sources.close()
  }
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

/** A compaction takes sequences away, the MANIFEST keeps the last one that tables hold. */
function newestInTables(manifest: ManifestState): number {
  let newest = manifest.lastSequence
  for (const family of manifest.columnFamilies) {
    for (const file of family.files) newest = Math.max(newest, file.largestSequence)
  }
  return newest
}

function checkInstant(manifest: ManifestState, upToSequence: number | null): void {
  const newest = newestInTables(manifest)
  if (upToSequence === null || upToSequence >= newest) return
  throw new AppError('INSTANT_NOT_COVERED', {
    message: `its tables hold changes up to sequence ${newest}, and older versions may be gone`,
    subject: `sequence ${upToSequence}`,
    nextStep: `Choose an instant from sequence ${newest} on, or an older backup.`,
  })
}

/** The logs that a state consists of, ascending. Those below the MANIFEST's bound are left-overs (docs/formats/rocksdb.md §9.1). */
export function neededLogs(fileSet: FileSet, manifest: ManifestState): WalFile[] {
  return fileSet.walFiles
    .filter((file) => (file.logNumber ?? 0) >= manifest.minLogNumberToKeep)
    .sort((left, right) => (left.logNumber ?? 0) - (right.logNumber ?? 0))
}

/** A family's log number is that of the log in use when it was flushed last: such a log was there. */
function firstNeededLog({ columnFamilies, minLogNumberToKeep }: ManifestState): number {
  return Math.max(minLogNumberToKeep, Math.min(...columnFamilies.map(({ logNumber }) => logNumber)))
}

function loadNeededLogs(fileSet: FileSet, manifest: ManifestState, options: ViewOptions): LoadedWal {
  const families = new Map(manifest.columnFamilies.map((family) => [family.id, family]))
  const files = neededLogs(fileSet, manifest)
  return loadWal(files, {
    logNumberOf: (id) => families.get(id)?.logNumber ?? null,
    comparatorOf: (id) => families.get(id)?.comparator ?? null,
    flushedSequence: manifest.lastSequence,
    newestFlushedLog: Math.max(
      0,
      ...manifest.columnFamilies.map((each) => (each.files.length > 0 ? each.logNumber : 0)),
    ),
    hasFirstLog: files.some(({ logNumber }) => logNumber === firstNeededLog(manifest)),
    trackedLogs: manifest.trackedLogs.filter((log) => log.logNumber >= manifest.minLogNumberToKeep),
    maxBytes: limits.viewWalBytesMax,
    keptValueBytesMax: options.keptValueBytesMax,
    recoveryMode: options.recoveryMode,
    upToSequence: options.upToSequence ?? null,
    archive: options.archive ?? [],
    accepts: options.accepts,
    checkpoint: options.checkpoint,
  })
}
