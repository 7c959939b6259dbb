import { AppError } from '#base/app-error.ts'
import { AssertionError, assert } from '#base/assert.ts'
import type { Clock } from '#base/clock.ts'
import { type Damage, describeDamage } from '#base/damage.ts'
import { fileError } from '#base/file-error.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import { limits } from '#base/limits.ts'
import { type ArchiveFiles, archiveFilesAt } from '../../repository/archive/archive-files.ts'
import type { Gap } from '../../repository/archive/gaps.ts'
import { listSegments } from '../../repository/archive/segments.ts'
import { heldWriter } from '../../repository/own/lock/writer-lock.ts'
import { readArchiveEnd } from './archive-end.ts'
import { isDatabase, manifestLastSequence } from './database-facts.ts'
import { type Fork, findFork } from './find-fork.ts'
import { findPosition } from './find-position.ts'
import { GapList } from './gap-list.ts'
import { healSegments } from './heal-segments.ts'
import { type ClosedIncrement, readIncrement } from './increment.ts'
import { LogDirectory } from './log-directory.ts'
import { LogStream } from './log-stream.ts'
import type { SegmentPlace } from './open-segment.ts'
import { cutDoubtful, type DoubtfulFile, makeTimelineFolder } from './prepare-timeline.ts'
import { type Jump, PreparedElsewhere, RecordTaker } from './record-taker.ts'

const SEGMENT_BYTES_MAX = 16 * 1024 * 1024
const STEP_BYTES_MAX = 16 * 1024 * 1024
const DEPTH_FACTOR = 8

export type ArchiverOptions = {
  /** read only, no lock is taken */
  readonly databaseDirectory: string
  /** where the database keeps its logs, when that is another directory (wal_dir) */
  readonly walDirectory?: string | null
  readonly repositoryPath: string
  /** its id: names a folder */
  readonly timeline: string
  /** a new timeline begins behind this sequence; null: with whatever the logs hold first */
  readonly startAfterSequence?: number | null
  /** that of the timeline: another one forks; absent: not looked at */
  readonly databaseId?: string | null
  /** who must hold the lock of the repository whenever something is written; absent: nobody needs to */
  readonly instanceId?: string | null
  readonly clock: Clock
  readonly layer?: FileLayer
  /** a segment that has grown to so much is closed */
  readonly segmentBytesMax?: number
  /** read by one step at most, but for the last record */
  readonly stepBytesMax?: number
}

export type ArchiverState = {
  /** every commit up to here survives a power cut of the archive; null: none so far */
  readonly archivedSequence: number | null
  /** when that became so; null: not in this run */
  readonly archivedAtUs: number | null
  /** time of the last archived commit, its own or of arrival */
  readonly lastCommitAtUs: number | null
  /** bytes of the database's logs that wait */
  readonly lagBytes: number
  readonly isCaughtUp: boolean
  /** of the timeline, all that are known */
  readonly gaps: readonly Gap[]
  /** found by this call */
  readonly damages: readonly Damage[]
  /** not null: the archiver has stopped; what comes from now on belongs on a new timeline */
  readonly forked: Fork | null
}

/**
 * Copies what a running database writes to its logs into the archive of a repository (docs/formats/repository.md, "Segments").
 * Synchronous: for a worker thread of its own. One at a time for a timeline. When a call throws, nothing is lost: the next
 * one puts the archive in order and goes on, as after a crash.
 */
export class Archiver {
  readonly #options: ArchiverOptions
  readonly #place: SegmentPlace
  readonly #files: ArchiveFiles
  readonly #stepBytesMax: number
  #directory: LogDirectory
  #logs: LogStream | null = null
  #taker: RecordTaker | null = null
  /** what may be in a segment's file, and is not known to be on the disk */
  #doubtful: DoubtfulFile | null = null
  readonly #gaps: GapList
  #damages: Damage[] = []
  #archivedSequence: number | null = null
  #archivedAtUs: number | null = null
  #isCaughtUp = false
  #forked: Fork | null = null
  /** the database has given out this number, so the logs must reach it; null: nothing to prove */
  #statedSequence: number | null = null
  #hasBegun = false
  /** segments that are walked for what was prepared in them */
  #depth = 1
  /** of the last record that was taken */
  #logNumber = -1

  constructor(options: ArchiverOptions) {
    const { repositoryPath, timeline, layer = nodeFileLayer } = options
    assert(/^[0-9]{1,16}$/.test(timeline), 'a timeline is a decimal number')
    this.#options = options
    this.#place = { repositoryPath, timeline, layer }
    this.#files = archiveFilesAt(repositoryPath)
    this.#gaps = new GapList(this.#files, this.#place, options.clock)
    this.#stepBytesMax = options.stepBytesMax ?? STEP_BYTES_MAX
    this.#directory = this.#newDirectory()
  }

  /**
   * Puts the archive in order, and finds the place in the database's logs where it left off.
   * @throws AppError DAMAGED when the gaps of the timeline cannot be read; DISK_FULL, IO_FAILED, ACCESS_DENIED, PATH_NOT_FOUND
   */
  start(): ArchiverState {
    this.#guarded(() => this.#resume())
    return this.#state()
  }

  /**
   * Archives what the database has written since, or a part of it when that is much: then `isCaughtUp` is false. One sync at
   * the end makes it safe.
   * @throws AppError DISK_FULL, IO_FAILED and others: the next step goes on from what is safe. REPOSITORY_BUSY when another
   * process took the repository: then nothing is written any more
   */
  step(): ArchiverState {
    if (this.#forked !== null) return this.#state()
    this.#guarded(() => {
      if (this.#taker === null) this.#resume()
      if (this.#forked === null) this.#takeGrowth()
    })
    return this.#state()
  }

  /** Whether the commits up to a sequence survive a power cut of the archive. */
  hasArchived(sequence: number): boolean {
    return this.#archivedSequence !== null && sequence <= this.#archivedSequence
  }

  /** Closes the open segment. @throws AppError DISK_FULL, IO_FAILED */
  rotate(): void {
    this.#guarded(() => {
      if (this.#taker === null) this.#resume()
      this.#rotate()
    })
  }

  /**
   * Archives what there is, closes the open segment, and lists the segments that hold what is archived behind a sequence.
   * What the database says to have and the logs do not hold is a gap.
   * @throws AppError CHAIN_BROKEN when the database went another way; DamageError when an index of them cannot be read
   */
  closeIncrement(afterSequence: number): ClosedIncrement {
    this.#guarded(() => {
      if (this.#taker === null) this.#resume()
      if (this.#forked === null) this.#statedSequence = manifestLastSequence(this.#options.databaseDirectory)
      do this.#takeGrowth()
      while (!this.#isCaughtUp && this.#forked === null)
      if (this.#forked === null) this.#rotate()
    })
    if (this.#forked !== null) throw wentAnotherWay(this.#options.timeline)
    return readIncrement(this.#files, this.#options.timeline, afterSequence, this.#gaps.all)
  }

  /** Closes the open segment and lets go of the database. @throws AppError DISK_FULL, IO_FAILED after letting go */
  stop(): void {
    try {
      if (this.#taker !== null) this.rotate()
    } finally {
      this.#taker?.segment?.abandon()
      this.#taker = null
      this.#logs = null
      this.#directory.close()
    }
  }

  #newDirectory(): LogDirectory {
    const { walDirectory, databaseDirectory, clock } = this.#options
    return new LogDirectory(walDirectory ?? databaseDirectory, clock)
  }

  #resume(): void {
    const { startAfterSequence = null, clock, segmentBytesMax = SEGMENT_BYTES_MAX, databaseDirectory } = this.#options
    this.#assertHeld()
    makeTimelineFolder(this.#place)
    if (this.#doubtful !== null) cutDoubtful(this.#doubtful, this.#place.layer)
    this.#doubtful = null
    this.#gaps.load()
    const { paths, adopted, damages } = healSegments(this.#files, this.#place)
    this.#damages.push(...damages)
    const { segments, damages: listed } = listSegments(this.#files, this.#options.timeline)
    this.#damages.push(...listed)
    this.#gaps.addBetween(segments)
    const end = readArchiveEnd(this.#files, paths, this.#depth)
    this.#damages.push(...end.damages)
    const archived = end.lastSequence ?? startAfterSequence
    this.#taker = new RecordTaker({
      place: this.#place,
      clock,
      segmentBytesMax,
      directed: end.directed,
      segment: adopted,
      nextSequence: archived === null ? null : archived + 1,
      lastCommitAtUs: end.lastCommitAtUs,
      knowsAllPrepared: this.#depth >= paths.length,
      onJump: (jump) => this.#recordJump(jump),
    })
    this.#archivedSequence = end.lastSequence
    // later on, the logs that are needed are held already
    if (!this.#hasBegun && archived !== null) this.#directory.beginAt(end.lastRecord?.startSequence ?? archived)
    this.#hasBegun = true
    this.#directory.refresh()
    this.#logs = new LogStream(this.#directory)
    this.#isCaughtUp = false
    if (this.#isOtherDatabase()) {
      this.#forked = { lastCommonSequence: null, firstOtherSequence: 1 }
      return
    }
    const manifestSequence = () => manifestLastSequence(databaseDirectory)
    const position = archived === null ? 'same' : findPosition(this.#logs, archived, end, manifestSequence)
    if (position !== 'same') this.#forked = this.#findFork()
    // the logs are looked at again behind this
    else if (archived !== null) this.#statedSequence = manifestSequence()
  }

  #isOtherDatabase(): boolean {
    const { databaseId, databaseDirectory } = this.#options
    return databaseId !== undefined && !isDatabase(databaseDirectory, databaseId)
  }

  #takeGrowth(): void {
    const polledAtUs = this.#options.clock.monotonicUs()
    this.#directory.refresh()
    if (this.#directory.wasReplaced) this.#beginAnew()
    const [logs, taker] = [this.#logs, this.#taker]
    if (logs === null || taker === null || this.#forked !== null) return
    const isSame = this.#take(logs, taker)
    taker.sync()
    this.#moveMark(taker)
    this.#proveEnds(taker, isSame)
    if (this.#isCaughtUp) taker.emptyAtUs = polledAtUs
    if (isSame) this.#directory.release(logs.log?.logNumber ?? 0)
    else this.#forked = this.#findFork()
  }

  /** False when the database went back to numbers that are archived. */
  #take(logs: LogStream, taker: RecordTaker): boolean {
    let leftBytes = this.#stepBytesMax
    this.#isCaughtUp = false
    taker.firstTakenSequence = null
    for (let isFirst = true; leftBytes > 0; isFirst = false) {
      if (!logs.next()) {
        this.#isCaughtUp = true
        break
      }
      if (isFirst) this.#assertHeld()
      leftBytes -= logs.endOffsetBytes - logs.offsetBytes
      if (taker.take(logs) === 'back') return false
      this.#logNumber = logs.log?.logNumber ?? -1
    }
    this.#collectDamages()
    return true
  }

  #moveMark(taker: RecordTaker): void {
    const last = taker.nextSequence === null ? null : taker.nextSequence - 1
    if (last === null || last === (this.#archivedSequence ?? this.#options.startAfterSequence ?? null)) return
    this.#archivedSequence = last
    this.#archivedAtUs = this.#options.clock.nowUs()
  }

  /** What the database says to have written must have been in its logs; what was found after all is no gap. */
  #proveEnds(taker: RecordTaker, isSame: boolean): void {
    const { firstTakenSequence, nextSequence, isEndUnknown } = taker
    if (firstTakenSequence !== null) this.#gaps.takeBack(firstTakenSequence - 1)
    if (!this.#isCaughtUp || !isSame || this.#statedSequence === null) return
    const beforeSequence = this.#statedSequence + 1
    this.#statedSequence = null
    if (nextSequence === null || isEndUnknown || nextSequence >= beforeSequence) return
    this.#assertHeld()
    const reason = 'the database has used these numbers, and its logs do not hold them'
    this.#gaps.add({ afterSequence: nextSequence - 1, beforeSequence, reason })
  }

  /** Other files lie where the database was: what they hold is looked at as after a start. */
  #beginAnew(): void {
    this.#rotate()
    this.#taker?.segment?.abandon()
    this.#directory.close()
    this.#directory = this.#newDirectory()
    this.#hasBegun = false
    this.#resume()
  }

  #findFork(): Fork {
    const { segments } = listSegments(this.#files, this.#options.timeline)
    const directory = this.#newDirectory()
    try {
      directory.refresh()
      const paths = segments.map(({ path }) => path)
      const manifestSequence = manifestLastSequence(this.#options.databaseDirectory)
      return findFork(this.#files, paths, new LogStream(directory), manifestSequence)
    } finally {
      directory.close()
    }
  }

  #recordJump({ afterSequence, beforeSequence }: Jump): void {
    this.#collectDamages()
    const damage = this.#damages.at(-1)
    const isNextLog = this.#logs?.log?.logNumber !== this.#logNumber
    const reason =
      damage !== undefined
        ? describeDamage(damage)
        : isNextLog
          ? 'the log that held these operations was gone before it was read'
          : 'the database used these numbers without writing to its log'
    this.#gaps.add({ afterSequence, beforeSequence, reason })
  }

  #rotate(): void {
    this.#assertHeld()
    this.#taker?.rotate()
  }

  /** A segment must not be touched once another process may go on with it. */
  #assertHeld(): void {
    const { repositoryPath, instanceId = null, clock } = this.#options
    if (instanceId === null) return
    heldWriter({ root: repositoryPath, layer: this.#place.layer, clock, instanceId }).assertHeld()
  }

  #collectDamages(): void {
    this.#damages.push(...(this.#logs?.takeDamages() ?? []), ...(this.#taker?.damages.splice(0) ?? []))
    this.#damages.splice(limits.damagesKeptMax)
  }

  #guarded(work: () => void): void {
    this.#damages = []
    try {
      this.#knowing(work)
    } catch (cause) {
      this.#giveUp()
      if (cause instanceof AppError || cause instanceof AssertionError) throw cause
      throw fileError(cause, this.#options.repositoryPath)
    }
  }

  /** Does the work again, with more of the archive known, until it is enough. */
  #knowing(work: () => void): void {
    for (;;) {
      try {
        work()
        return
      } catch (cause) {
        if (!(cause instanceof PreparedElsewhere)) throw cause
        this.#giveUp()
        this.#depth *= DEPTH_FACTOR
      }
    }
  }

  /** What is not safe is archived again, after the archive was put in order. */
  #giveUp(): void {
    const segment = this.#taker?.segment ?? null
    // another file of that name is not ours to cut
    if (segment?.hasFile === true) this.#doubtful ??= { path: segment.path, syncedBytes: segment.syncedBytes }
    segment?.abandon()
    this.#taker = null
  }

  #state(): ArchiverState {
    return {
      archivedSequence: this.#archivedSequence,
      archivedAtUs: this.#archivedAtUs,
      lastCommitAtUs: this.#taker?.lastCommitAtUs ?? null,
      lagBytes: this.#isCaughtUp ? 0 : (this.#logs?.unreadBytes() ?? 0),
      isCaughtUp: this.#isCaughtUp,
      gaps: this.#gaps.all,
      damages: this.#damages,
      forked: this.#forked,
    }
  }
}

function wentAnotherWay(timeline: string): AppError {
  return new AppError('CHAIN_BROKEN', {
    message: 'the database went another way than the archive: an incremental backup would mix two histories',
    subject: `timeline ${timeline}`,
    unharmed: 'What was archived before can be restored.',
    nextStep: 'Make a full backup: a new timeline begins with it.',
  })
}
