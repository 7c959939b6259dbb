import { AppError } from '#base/app-error.ts'
import type { Damage } from '#base/damage.ts'
import { archivedLogs, archiveFingerprint } from '../../repository/archive/archived-logs.ts'
import { BackupDirectory } from '../../repository/backup-directory.ts'
import { DatabaseDirectory } from '../../repository/database-directory.ts'
import { readLogOptions } from '../../repository/log-options.ts'
import { filesOfBackup } from '../../repository/manifest-of-backup.ts'
import { readMeta } from '../../repository/read-meta.ts'
import { codecOf } from '../../repository/row-codec.ts'
import { type CommitIndex, indexCommits } from '../../rocksdb/commits/commit-index.ts'
import { BlockCache } from '../../rocksdb/sst/block-cache.ts'
import type { FileSet } from '../../rocksdb/view/file-set.ts'
import { neededLogs, openView, type View } from '../../rocksdb/view/view.ts'
import type { WalFile } from '../../rocksdb/wal/wal-file.ts'
import type { RowCodec } from '../../samyama/codec.ts'
import type { StatePlace } from '../messages.ts'

// somebody compares two states and looks into a third
const STATES_MAX = 3
const CACHE_BYTES = 32 * 1024 * 1024
/** a running database may flush while it is opened: then it is opened again, but not for ever */
const OPEN_ATTEMPTS = 3

/** Called while a state is opened: throws when the job that wants it was stopped. */
type Checkpoint = (() => void) | undefined

/** What a state is made of, before it is opened. */
type StateFiles = {
  readonly fileSet: FileSet
  /** logs behind those of the file set: they count for an instant behind its end */
  readonly archive: () => readonly WalFile[]
  /** null for a backup */
  readonly directory: DatabaseDirectory | null
}

/** A state opened for reading rows, with what is known of how its values are written. */
export class OpenState {
  readonly view: View
  readonly codec: RowCodec | null
  /** what is wrong with the state as a whole */
  readonly damages: readonly Damage[]
  readonly #files: StateFiles
  readonly #upToSequence: number | null
  #commits: CommitIndex | null = null

  constructor(files: StateFiles, { upToSequence, nowMs }: StatePlace, checkpoint: Checkpoint) {
    this.#files = files
    this.#upToSequence = upToSequence
    const { recoveryMode, walDirectory, damages } = readLogOptions(files.fileSet)
    const archive = upToSequence === null ? [] : files.archive()
    const cache = new BlockCache(CACHE_BYTES)
    const mode = recoveryMode ?? undefined
    this.view = openView(files.fileSet, { cache, upToSequence, archive, recoveryMode: mode, checkpoint })
    try {
      this.codec = codecOf(this.view, nowMs)
    } catch (error) {
      this.view.close()
      throw error
    }
    const isElsewhere = files.directory !== null && walDirectory !== null
    this.damages = [...this.view.damages, ...damages, ...(isElsewhere ? [logsElsewhere(walDirectory)] : [])]
  }

  /** A running database wrote something since. */
  get hasMovedOn(): boolean {
    return this.#files.directory?.hasMovedOn() === true
  }

  /** The logs whose commits lie between the tables and the end of the archive, or the instant. */
  get logs(): readonly WalFile[] {
    return [...neededLogs(this.#files.fileSet, this.view.manifest), ...this.#files.archive()]
  }

  /** The commits in its logs, read when they are asked for. */
  commits(): CommitIndex {
    const flushedSequence = this.view.manifest.lastSequence
    this.#commits ??= indexCommits(this.logs, { upToSequence: this.#upToSequence, flushedSequence })
    return this.#commits
  }

  familyName(columnFamilyId: number): string {
    return this.view.columnFamilies.find((family) => family.id === columnFamilyId)?.name ?? ''
  }

  close(): void {
    this.view.close()
    this.#files.directory?.close()
  }
}

const kept = new Map<string, OpenState>()

/** Two states to compare: one state where both places are the same, as a running database moves on between two looks. */
export function statesAt(
  left: StatePlace,
  right: StatePlace,
  checkpoint?: Checkpoint,
): { left: OpenState; right: OpenState } {
  const isSame =
    left.path === right.path && left.backupId === right.backupId && left.upToSequence === right.upToSequence
  const state = stateAt(left, checkpoint)
  return { left: state, right: isSame ? state : stateAt(right, checkpoint) }
}

/**
 * The state at a place: of the few looked at last, one is still open. A backup is told apart by the digest of its meta
 * file, so that one that was replaced is opened anew; a database that moved on is opened anew as well.
 */
export function stateAt(place: StatePlace, checkpoint?: Checkpoint): OpenState {
  return place.backupId === null ? databaseState(place, checkpoint) : backupState(place, place.backupId, checkpoint)
}

function backupState(place: StatePlace, backupId: number, checkpoint: Checkpoint): OpenState {
  const directory = new BackupDirectory(place.path)
  const { meta, metaDigest } = readMeta(directory, backupId)
  const key = [directory.root, backupId, metaDigest, archiveFingerprint(directory), place.upToSequence].join('\n')
  const known = keptState(key)
  if (known !== undefined) return known
  const files = {
    fileSet: filesOfBackup(directory, meta),
    archive: () => archivedLogs(directory, meta),
    directory: null,
  }
  return keep(key, new OpenState(files, place, checkpoint))
}

function databaseState(place: StatePlace, checkpoint: Checkpoint): OpenState {
  const key = [place.path, place.upToSequence].join('\n')
  const known = keptState(key)
  if (known !== undefined && !known.hasMovedOn) return known
  drop(key)
  return keep(key, openDatabase(place, checkpoint))
}

function openDatabase(place: StatePlace, checkpoint: Checkpoint): OpenState {
  for (let attempt = 1; ; attempt += 1) {
    const directory = new DatabaseDirectory(place.path)
    try {
      const files = { fileSet: directory.fileSet, archive: () => [], directory }
      const state = new OpenState(files, place, checkpoint)
      if (isWhole(state.view, directory) || !directory.hasMovedOn()) return state
      state.close()
      if (attempt === OPEN_ATTEMPTS) throw tooBusy(place.path)
    } catch (error) {
      directory.close()
      if (attempt === OPEN_ATTEMPTS || !directory.hasMovedOn()) throw error
    }
  }
}

/** A family that was flushed into a log born after the listing would be newer than the others, whose rows lie in that log. */
function isWhole(view: View, { fileSet }: DatabaseDirectory): boolean {
  const newestLog = Math.max(0, ...fileSet.walFiles.map(({ logNumber }) => logNumber ?? 0))
  return fileSet.walFiles.length === 0 || view.columnFamilies.every(({ logNumber }) => logNumber <= newestLog)
}

function tooBusy(path: string): AppError {
  return new AppError('SOURCE_CHANGED', {
    message: 'the database flushed each time it was opened here',
    subject: path,
    unharmed: 'Nothing was changed here.',
    nextStep: 'Look again in a moment, or look into a backup or a checkpoint of it.',
  })
}

function keptState(key: string): OpenState | undefined {
  const state = kept.get(key)
  if (state === undefined) return undefined
  // a map keeps insertion order: the newest use comes last
  kept.delete(key)
  kept.set(key, state)
  return state
}

function keep(key: string, state: OpenState): OpenState {
  kept.set(key, state)
  for (const oldest of kept.keys()) {
    if (kept.size <= STATES_MAX) break
    drop(oldest)
  }
  return state
}

function drop(key: string): void {
  kept.get(key)?.close()
  kept.delete(key)
}

function logsElsewhere(walDirectory: string): Damage {
  return {
    file: 'OPTIONS',
    offsetBytes: null,
    structure: 'wal_dir',
    problem: 'the logs lie in another directory, which is not read: rows that are only there are missing',
    expected: null,
    found: walDirectory,
  }
}
