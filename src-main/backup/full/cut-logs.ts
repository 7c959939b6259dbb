import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'
import { decodeBlobIndex } from '../../rocksdb/blob-index.ts'
import type { Commit, CommitWalkResult } from '../../rocksdb/commits/commit.ts'
import { walkCommits } from '../../rocksdb/commits/walk-commits.ts'
import type { ManifestState } from '../../rocksdb/manifest/manifest-state.ts'
import { valueType } from '../../rocksdb/value-type.ts'
import { descriptorSource } from './held-file.ts'
import type { HeldLog } from './held-logs.ts'
import type { ProvedLiveFile } from './live-files.ts'
import { ProvedSource } from './proved-source.ts'
import { directWrite } from './read-settings.ts'
import { RestartError, restartBecause, restartOrDamage } from './restart.ts'

export type CutOptions = {
  readonly manifest: ManifestState
  /** the state ends with this commit; null: with the last whole one */
  readonly upToSequence: number | null
  readonly allowsTwoPhaseCommit: boolean
  readonly mayWriteBlobsDirectly: boolean
  readonly isUntouched: (log: HeldLog) => boolean
  readonly checkpoint?: (() => void) | undefined
}

export type CutLogs = {
  readonly logs: readonly ProvedLiveFile[]
  readonly firstSequence: number
  readonly lastSequence: number
  readonly lastCommitAtUs: number | null
  /** tables hold something newer than every log: it was written without one */
  readonly hasWritesWithoutLog: boolean
}

/** Where the state ends, when a bound was given. */
type Bound = { logNumber: number | null; recordEndBytes: number; isLastOfRecord: boolean }

/**
 * Reads the logs above a MANIFEST, proves that their sequences follow each other, and cuts each after its last whole
 * record, or the last one after the commit that was asked for (docs/formats/rocksdb.md §8.2, steps 6 and 7).
 * @param logs ascending, all that the MANIFEST needs
 * @throws RestartError; AppError INSTANT_NOT_COVERED, BAD_REQUEST, LIMIT_EXCEEDED
 */
export function cutLogs(logs: readonly HeldLog[], options: CutOptions): CutLogs {
  return new LogCutter(logs, options).cut()
}

class LogCutter {
  readonly #logs: readonly HeldLog[]
  readonly #options: CutOptions
  readonly #sources: ProvedSource[]
  readonly #upToSequence: number
  /** the newest that tables hold */
  readonly #flushedSequence: number
  #firstSequence: number | null = null
  #lastSequence: number | null = null
  #lastCommitAtUs: number | null = null
  #bound: Bound = { logNumber: null, recordEndBytes: 0, isLastOfRecord: true }

  constructor(logs: readonly HeldLog[], options: CutOptions) {
    this.#logs = logs
    this.#options = options
    this.#upToSequence = options.upToSequence ?? Number.MAX_SAFE_INTEGER
    this.#flushedSequence = newestInTables(options.manifest)
    this.#sources = logs.map((log) => new ProvedSource(descriptorSource({ ...log, sizeBytes: log.countedBytes })))
  }

  cut(): CutLogs {
    const { manifest } = this.#options
    this.#checkTracked()
    if (this.#upToSequence < this.#flushedSequence) throw notCovered(this.#upToSequence, this.#flushedSequence)
    const walk = this.#walk()
    this.#checkWalk(walk)
    const ends = walk.logs.map(({ endOffsetBytes }) => endOffsetBytes)
    const isBounded = this.#options.upToSequence !== null
    if (isBounded) this.#checkBound(Math.max(this.#lastSequence ?? 0, this.#flushedSequence))
    const cut = this.#logs.flatMap((log, index) => {
      const endBytes = isBounded ? this.#boundedEnd(log, ends[index] ?? 0) : (ends[index] ?? 0)
      return endBytes === null ? [] : [this.#proved(log, index, endBytes)]
    })
    const lastInLogs = isBounded ? this.#lastSequence : walk.lastSequence
    return {
      logs: cut,
      firstSequence: Math.min(this.#firstSequence ?? Number.MAX_SAFE_INTEGER, manifest.lastSequence + 1),
      lastSequence: Math.max(lastInLogs ?? 0, this.#flushedSequence),
      lastCommitAtUs: this.#lastCommitAtUs,
      hasWritesWithoutLog: walk.lastSequence !== null && walk.lastSequence < this.#flushedSequence,
    }
  }

  #walk(): CommitWalkResult {
    const { manifest, checkpoint, mayWriteBlobsDirectly } = this.#options
    const hasFirstLog = this.#logs[0]?.logNumber === firstNeededLog(manifest)
    const visitor = { commit: (commit: Commit) => this.#commit(commit) }
    const operation = (
      type: number,
      columnFamilyId: number,
      _sequence: number,
      _key: Uint8Array,
      value: Uint8Array,
    ) => {
      if (type === valueType.blobIndex) this.#checkBlobIndex(columnFamilyId, value)
    }
    return walkCommits(
      this.#logs.map(({ logNumber }, index) => ({ logNumber, source: this.#sourceAt(index) })),
      { lastSequenceBefore: hasFirstLog ? null : manifest.lastSequence, checkpoint },
      // looking at each operation proves each batch first, which takes time
      mayWriteBlobsDirectly ? { ...visitor, operation } : visitor,
    )
  }

  #commit(commit: Commit): void {
    this.#firstSequence ??= commit.firstSequence
    if (commit.lastSequence > this.#upToSequence) return
    this.#lastSequence = commit.lastSequence
    this.#lastCommitAtUs = commit.committedAtUs
    const { logNumber, recordEndBytes, isLastOfRecord } = commit
    this.#bound = { logNumber, recordEndBytes, isLastOfRecord }
  }

  /** A value that its log only points at lies in a file that the MANIFEST must know. */
  #checkBlobIndex(columnFamilyId: number, value: Uint8Array): void {
    const reference = decodeBlobIndex(value, { file: 'write-ahead log', structure: 'blob index', offsetBytes: null })
    if (reference.kind !== 'blob') return
    const family = this.#options.manifest.columnFamilies.find(({ id }) => id === columnFamilyId)
    const isKnown = family?.blobFiles.some(({ fileNumber }) => fileNumber === reference.fileNumber) ?? true
    if (!isKnown) throw directWrite(`blob file ${reference.fileNumber}`)
  }

  #checkTracked(): void {
    for (const { logNumber, syncedSizeBytes } of this.#options.manifest.trackedLogs) {
      if (logNumber < this.#options.manifest.minLogNumberToKeep) continue
      const log = this.#logs.find((each) => each.logNumber === logNumber)
      if (log === undefined)
        restartOrDamage(`log ${logNumber}`, 'write-ahead log', 'is missing, and the MANIFEST needs it')
      if (log.countedBytes < (syncedSizeBytes ?? 0)) {
        restartOrDamage(log.name, 'write-ahead log', `shorter than the ${syncedSizeBytes} bytes that the MANIFEST says`)
      }
    }
  }

  #checkWalk(walk: CommitWalkResult): void {
    const moved = this.#logs.find((log) => !this.#options.isUntouched(log))
    if (moved !== undefined) restartBecause(`${moved.name} was taken for a new log while it was read`)
    const [damage] = walk.damages
    if (damage !== undefined) throw new RestartError(JSON.stringify(damage), new DamageError(damage))
    const [gap] = walk.gaps
    if (gap !== undefined) {
      const { file, expectedSequence, foundSequence } = gap
      throw new RestartError(`${file}: ${foundSequence} behind ${expectedSequence - 1}`, missingOperations(gap))
    }
    if (!this.#options.allowsTwoPhaseCommit) return
    // what only prepares uses up no sequence, so that its loss would not show
    const torn = walk.logs.slice(0, -1).find(({ end }) => end === 'torn')
    if (torn !== undefined) restartOrDamage(torn.file, 'write-ahead log', 'is torn, and another log follows')
  }

  #checkBound(lastSequence: number): void {
    if (lastSequence === this.#upToSequence && this.#bound.isLastOfRecord) return
    throw notACommitsEnd(this.#upToSequence, lastSequence)
  }

  /** Null for a log behind the bound. The first log stays even if empty: it shows that nothing is missing before it. */
  #boundedEnd(log: HeldLog, endBytes: number): number | null {
    const boundNumber = this.#bound.logNumber
    if (boundNumber === null) return log === this.#logs[0] ? 0 : null
    if (log.logNumber === boundNumber) return this.#bound.recordEndBytes
    return log.logNumber < boundNumber ? endBytes : null
  }

  #proved(log: HeldLog, index: number, sizeBytes: number): ProvedLiveFile {
    const crc = this.#sourceAt(index).crcOf(sizeBytes)
    if (crc === null) restartBecause(`${log.name} was written over while it was read`)
    return { name: log.name, descriptor: log.descriptor, sizeBytes, crc32c: crc }
  }

  #sourceAt(index: number): ProvedSource {
    return this.#sources[index] as ProvedSource
  }
}

/** A compaction takes sequences away, the MANIFEST keeps the last one that tables hold. */
function newestInTables(manifest: ManifestState): number {
  let newest = manifest.lastSequence
  for (const { files } of manifest.columnFamilies) {
    for (const file of files) newest = Math.max(newest, file.largestSequence)
  }
  return newest
}

/** A family's log number is that of the log in use when it was flushed last: such a log was there. */
function firstNeededLog({ columnFamilies, minLogNumberToKeep }: ManifestState): number {
  return Math.max(minLogNumberToKeep, Math.min(...columnFamilies.map(({ logNumber }) => logNumber)))
}

function missingOperations(gap: { file: string; expectedSequence: number; foundSequence: number }): AppError {
  return new AppError('DAMAGED', {
    message: `sequences ${gap.expectedSequence} to ${gap.foundSequence - 1} are in no table and in no log`,
    subject: gap.file,
    unharmed: 'The database was only read; no backup was made.',
    nextStep:
      'A log was lost, or something was written without a log. Let the database flush (a restart does), so that tables hold everything, then try again.',
  })
}

function notCovered(upToSequence: number, flushedSequence: number): AppError {
  return new AppError('INSTANT_NOT_COVERED', {
    message: `its tables already hold changes up to sequence ${flushedSequence}`,
    subject: `sequence ${upToSequence}`,
    unharmed: 'The database was only read; no backup was made.',
    nextStep: 'Ask for a newer commit, or hold writes back while the files are captured.',
  })
}

function notACommitsEnd(upToSequence: number, lastSequence: number): AppError {
  return new AppError('INSTANT_NOT_COVERED', {
    message: `no record of its logs ends there (the last commit up to it ends at sequence ${lastSequence})`,
    subject: `sequence ${upToSequence}`,
    unharmed: 'The database was only read; no backup was made.',
    nextStep: 'Ask for the last sequence of a commit that was written on its own, or hold writes back instead.',
  })
}
