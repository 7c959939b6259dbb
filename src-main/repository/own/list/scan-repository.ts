import { AppError } from '#base/app-error.ts'
import type { Damage } from '#base/damage.ts'
import type { BackupDirectory } from '../../backup-directory.ts'
import { fileDamage } from '../../indexed.ts'
import { INCREMENTS_FOLDER } from '../format/increment.ts'
import {
  PINS_FOLDER,
  type Pin,
  parsePin,
  parseVerifiedBackup,
  recordPath,
  VERIFIED_FOLDER,
  type VerifiedBackup,
} from '../format/records.ts'
import type { Timelines } from '../format/timelines.ts'
import { readSealedFile } from '../sealed-file.ts'
import { readTimelines } from '../timelines.ts'
import { readArchives, type TimelineArchive } from './archive-files.ts'
import { documentIds } from './backup-ids.ts'
import { chainRows } from './chains.ts'
import { FileSizes } from './file-sizes.ts'
import { readFullRow } from './full-row.ts'
import { readIncrementRow } from './increment-row.ts'
import type { BackupRow, ListedBackup } from './listed-backup.ts'
import { orNote } from './noted-damages.ts'

/** All that the names and the small files of a repository say, read once. */
export type RepositoryScan = {
  /** newest first */
  readonly backups: readonly ListedBackup[]
  /** paths of all files that some backup needs */
  readonly neededPaths: ReadonlySet<string>
  readonly timelines: Timelines | null
  readonly archives: readonly TimelineArchive[]
  /** damages that belong to no backup */
  readonly problems: readonly Damage[]
  /** false: some backup's needs are not known, so nothing that is shared may be taken for needless */
  readonly isEveryNeedKnown: boolean
  /** false: a folder cannot be read, and there may be backups or pins that are not in the list */
  readonly isListWhole: boolean
}

/** Reads a repository; whatever is damaged hides nothing else. @throws only for bugs */
export function scanRepository(directory: BackupDirectory): RepositoryScan {
  const problems: Damage[] = []
  const sizes = new FileSizes(directory)
  const timelines = orNote(problems, 'timelines.json', () => readTimelines(directory))
  const currentTimeline = timelines?.current ?? (problems.length === 0 ? '1' : null)
  const hasStrangers = noteStrangeNames(directory, problems)
  const fullIds = orNote(problems, 'meta', () => directory.backupIds())
  const incrementIds = orNote(problems, INCREMENTS_FOLDER, () => documentIds(directory, INCREMENTS_FOLDER))
  const fulls = (fullIds ?? []).map((id) => readFullRow(directory, id, { sizes, currentTimeline }))
  const increments = (incrementIds ?? []).map((id) => readIncrementRow(directory, id, sizes))
  const rows = [...fulls, ...increments].sort((left, right) => right.id - left.id)
  const pins = readRecords(directory, PINS_FOLDER, problems, { parse: parsePin, whenDamaged: damagedPin })
  const users = countUsers(rows)
  const backups = listRows(directory, rows, { problems, users, pins: pins ?? new Map() })
  return {
    backups,
    neededPaths: new Set(users.keys()),
    timelines,
    archives: readArchives(directory, sizes, problems),
    problems,
    isEveryNeedKnown:
      !hasStrangers && fullIds !== null && incrementIds !== null && rows.every(({ needs }) => needs !== null),
    isListWhole: fullIds !== null && incrementIds !== null && pins !== null,
  }
}

function listRows(
  directory: BackupDirectory,
  rows: readonly BackupRow[],
  { problems, users, pins }: { problems: Damage[]; users: ReadonlyMap<string, number>; pins: ReadonlyMap<number, Pin> },
): ListedBackup[] {
  const unproved = { parse: parseVerifiedBackup, whenDamaged: () => null }
  const verified = readRecords(directory, VERIFIED_FOLDER, problems, unproved) ?? new Map<number, VerifiedBackup>()
  const failedIds = new Set([...verified.values()].flatMap(({ id, result }) => (result === 'failed' ? [id] : [])))
  const chains = chainRows(rows, failedIds)
  return rows.map((row) => {
    const { needs, ...columns } = row
    const own = (needs ?? []).filter(({ path }) => users.get(path) === 1)
    const chain = chains.get(row)
    return {
      ...columns,
      ...{ isRestorable: false, ...chain },
      ownBytes: own.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      verified: verified.get(row.id) ?? null,
      pin: pins.get(row.id) ?? null,
    }
  })
}

/** What somebody wanted to be kept must not go for a flipped bit. */
function damagedPin(id: number): Pin {
  return { id, pinnedAtUs: 0, reason: 'the pin is damaged' }
}

/** Pins or verifications by id; null when their folder cannot be read. */
function readRecords<Row>(
  directory: BackupDirectory,
  folder: typeof PINS_FOLDER | typeof VERIFIED_FOLDER,
  problems: Damage[],
  { parse, whenDamaged }: { parse(body: unknown, id: number): Row; whenDamaged(id: number): Row | null },
): Map<number, Row> | null {
  const ids = orNote(problems, folder, () => documentIds(directory, folder))
  if (ids === null) return null
  const rows = new Map<number, Row>()
  for (const id of ids) {
    const path = recordPath(folder, id)
    const read = () => readSealedFile(directory, path, (body) => parse(body, id))
    const row = orNote(problems, path, read) ?? whenDamaged(id)
    if (row !== null) rows.set(id, row)
  }
  return rows
}

function countUsers(rows: readonly BackupRow[]): Map<string, number> {
  const users = new Map<string, number>()
  for (const { needs } of rows) for (const { path } of needs ?? []) users.set(path, (users.get(path) ?? 0) + 1)
  return users
}

/**
 * Notes names that make RocksDB delete other files (rocksdb.md §7.7), and those that it may take for backups and we do
 * not: true when there are such.
 */
function noteStrangeNames(directory: BackupDirectory, problems: Damage[]): boolean {
  const known = new Set(orNoteNothing(() => directory.backupIds().map(String)))
  const numbers = orNoteNothing(() =>
    directory.list('meta').filter((name) => /^[0-9]+$/.test(name) && !known.has(name)),
  )
  for (const name of numbers) problems.push(fileDamage(`meta/${name}`, 'the number is no id of a backup'))
  const traps = orNoteNothing(() => directory.list('private').filter((name) => /^[0-9]+\.tmp$/.test(name)))
  for (const name of traps) {
    const problem = 'a name that makes BackupEngine delete the files of the backup with this number'
    problems.push(fileDamage(`private/${name}`, problem))
  }
  return numbers.length > 0
}

/** A folder that cannot be read is noted where it is listed. */
function orNoteNothing(step: () => string[]): string[] {
  try {
    return step()
  } catch (cause) {
    if (cause instanceof AppError) return []
    throw cause
  }
}
