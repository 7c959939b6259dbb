import { lstatSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'
import { join } from 'node:path'
import { ControlSwitch } from '#base/abort.ts'
import { type Clock, systemClock } from '#base/clock.ts'
import { DamageError } from '#base/damage.ts'
import { removeIfThere } from '#base/durable-file.ts'
import { fileError } from '#base/file-error.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import { RateLimiter } from '#base/rate-limiter.ts'
import { BackupDirectory } from '../../repository/backup-directory.ts'
import { type CopyWork, copyOutcome, FULL_PROGRESS_FIELDS } from './copy-work.ts'
import { FileCopier } from './file-copier.ts'
import { checksumPath, SHARED_FOLDER, type SharedCopy, temporaryPath } from './shared-copies.ts'

/** nice: a tenth of what the database gets where both want a processor, so that a copy ends on a busy machine as well */
const BACKGROUND_PRIORITY = 10

/** One thread's part of a backup: it takes files until none is left. */
export type SharedCopyTask = {
  root: string
  copies: SharedCopy[]
  work: CopyWork
  control: SharedArrayBuffer
  /** of this thread; 0: no limit */
  rateLimitBytesPerSecond: number
  slot: number
  /** the thread is there for work that can wait: from here on it gives way to whoever uses the database */
  isInBackground?: boolean
}

/**
 * Copies tables and blob files until none is left, or until `untilUs` is over: each is written under a temporary name,
 * synced, then renamed. A file that the repository has is not read. The first failure stops all threads.
 * @param untilUs monotonic time after which no further file is taken
 * @returns whether files are left
 * @throws AppError SOURCE_CHANGED, DISK_FULL, IO_FAILED, ACCESS_DENIED; StoppedError
 */
export function copyShared(
  task: SharedCopyTask,
  layer: FileLayer = nodeFileLayer,
  clock: Clock = systemClock,
  untilUs = Number.POSITIVE_INFINITY,
): boolean {
  if (task.isInBackground === true) giveWay()
  const next = new Int32Array(task.work.next)
  const copier = new SharedCopier(task, layer, clock)
  while (clock.monotonicUs() < untilUs) {
    const index = Atomics.add(next, 0, 1)
    const copy = task.copies[index]
    if (copy === undefined) return false
    try {
      copier.copy(copy, index)
    } catch (cause) {
      // the other threads stop at their next file
      Atomics.store(next, 0, task.copies.length)
      throw cause
    }
  }
  return Atomics.load(next, 0) < task.copies.length
}

/** On Linux alone: elsewhere a priority is that of the whole process, and the database may be in it. */
function giveWay(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(Math.max(BACKGROUND_PRIORITY, getPriority()))
  } catch {
    // where it is forbidden, the copy is made all the same
  }
}

class SharedCopier {
  readonly #directory: BackupDirectory
  readonly #layer: FileLayer
  readonly #copier: FileCopier
  readonly #outcomes: Int32Array
  readonly #crcs: Uint32Array
  readonly #progress: Float64Array

  constructor(task: SharedCopyTask, layer: FileLayer, clock: Clock) {
    const { work, slot, rateLimitBytesPerSecond } = task
    this.#directory = new BackupDirectory(task.root)
    this.#layer = layer
    this.#outcomes = new Int32Array(work.outcome)
    this.#crcs = new Uint32Array(work.crc32c)
    this.#progress = new Float64Array(work.progress, slot * FULL_PROGRESS_FIELDS * 8, FULL_PROGRESS_FIELDS)
    this.#copier = new FileCopier({
      layer,
      control: new ControlSwitch(task.control),
      limiter: new RateLimiter(rateLimitBytesPerSecond, clock),
      onBytes: (bytes) => this.#add(0, bytes),
    })
  }

  copy(copy: SharedCopy, index: number): void {
    this.#progress[2] = index
    if (copy.stored !== null) this.#done(index, copy.stored.crc32c, copyOutcome.shared)
    else if (!this.#isCandidate(copy, index)) this.#copyAnew(copy, index)
    this.#add(1, 1)
  }

  /** Reads a file whose name needs its checksum, where a stored one may be the same. */
  #isCandidate(copy: SharedCopy, index: number): boolean {
    if (copy.candidates.length === 0) return false
    const crc = this.#copier.hash(copy)
    const path = checksumPath(copy, crc)
    if (!copy.candidates.some((stored) => stored.path === path && stored.crc32c === crc)) return false
    this.#done(index, crc, copyOutcome.shared)
    return true
  }

  #copyAnew(copy: SharedCopy, index: number): void {
    const temporary = join(this.#directory.locate(SHARED_FOLDER), temporaryPath(copy).slice(SHARED_FOLDER.length + 1))
    const crc = this.#copier.copy(copy, temporary)
    if (copy.healedCrc32c !== null && crc !== copy.healedCrc32c) throw this.#refused(copy, temporary, crc)
    const path = this.#directory.locate(copy.path ?? checksumPath(copy, crc))
    const wasThere = lstatSync(path, { throwIfNoEntry: false }) !== undefined
    try {
      this.#layer.rename(temporary, path)
    } catch (cause) {
      throw fileError(cause, path)
    }
    this.#done(index, crc, wasThere ? copyOutcome.replaced : copyOutcome.copied)
  }

  /** The live table is not what published backups say of it: neither is proved, so neither is put in the other's place. */
  #refused(copy: SharedCopy, temporary: string, crc: number): DamageError {
    removeIfThere(temporary, this.#layer)
    return new DamageError({
      file: copy.name,
      offsetBytes: null,
      structure: 'table of the database',
      problem: `the backups' copy of it is damaged, and the table itself has other bytes than they say`,
      expected: `crc32c ${copy.healedCrc32c}`,
      found: `crc32c ${crc}`,
    })
  }

  #done(index: number, crc: number, outcome: number): void {
    this.#crcs[index] = crc
    Atomics.store(this.#outcomes, index, outcome)
  }

  #add(field: 0 | 1, amount: number): void {
    this.#progress[field] = (this.#progress[field] ?? 0) + amount
  }
}
