import { lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import { fileError } from '#base/file-error.ts'
import { parseDatabaseFileName } from '../../rocksdb/database-file-name.ts'
import { HeldLog } from './held-log.ts'
import { LogTail } from './log-tail.ts'
import { startSequenceOf } from './payload.ts'

/** open at once: the oldest ones, which go first */
const HELD_LOGS_MAX = 512
/** file systems tell times of change in ticks of some milliseconds: within one, a change may not show */
const TICK_US = 50_000

/**
 * The logs of a running database, each held open from when it was first seen, so that it can be read to its end whatever
 * happens to its name: a flush removes it, archives it or gives its file to a new log (docs/formats/rocksdb.md §8.2).
 */
export class LogDirectory {
  readonly #path: string
  readonly #clock: Clock
  #held: HeldLog[] = []
  /** logs below are done with */
  #fromNumber = 0
  #changedAt = -1n
  #firstSeenAtUs = 0
  #isSettled = false
  #wasReplaced = false

  /** @param path of the directory that holds the logs: wal_dir, or that of the database */
  constructor(path: string, clock: Clock) {
    this.#path = path
    this.#clock = clock
  }

  /** Ascending. */
  get logs(): readonly HeldLog[] {
    return this.#held
  }

  /** True when other files lie where the held ones were: somebody put another database there. */
  get wasReplaced(): boolean {
    return this.#wasReplaced
  }

  /**
   * Begins with the newest log that starts at or before a sequence, or with the oldest one when all start behind it.
   * @throws AppError
   */
  beginAt(sequence: number): void {
    const live = this.#numbersIn('.')
    const archived = this.#numbersIn('archive')
    const numbers = [...new Set([...live.keys(), ...archived.keys()])].sort((left, right) => right - left)
    for (const number of numbers) {
      const log = this.#hold(number, [live.get(number), archived.get(number)])
      if (this.#held.length > HELD_LOGS_MAX) this.#held.pop()?.close()
      const first = log === null ? null : firstSequenceOf(log)
      if (first === null || first > sequence) continue
      this.#fromNumber = number
      return
    }
  }

  /** Looks for new logs, when anything in the directory has changed. @throws AppError */
  refresh(): void {
    if (!this.#hasChanged()) return
    // first the live ones: one that moves away in between is found in the archive
    const live = this.#numbersIn('.')
    const archived = this.#numbersIn('archive')
    const newest = this.#held.at(-1)?.logNumber ?? this.#fromNumber
    this.#wasReplaced ||= live.size > 0 && Math.max(...live.keys()) < newest
    for (const log of this.#held) this.#compare(log, live.get(log.logNumber))
    const numbers = [...new Set([...live.keys(), ...archived.keys()])].sort((left, right) => left - right)
    for (const number of numbers) {
      if (this.#held.length >= HELD_LOGS_MAX) {
        // those that are left are looked for again once there is room
        this.#changedAt = -1n
        break
      }
      if (number < this.#fromNumber || this.#held.some((log) => log.logNumber === number)) continue
      this.#hold(number, [live.get(number), archived.get(number)])
    }
  }

  /** Closes logs that were read to their end. */
  release(belowNumber: number): void {
    this.#fromNumber = Math.max(this.#fromNumber, belowNumber)
    for (const log of this.#held) if (log.logNumber < belowNumber) log.close()
    this.#held = this.#held.filter((log) => log.logNumber >= belowNumber)
  }

  close(): void {
    for (const log of this.#held) log.close()
    this.#held = []
  }

  #hasChanged(): boolean {
    let changedAt: bigint
    try {
      changedAt = statSync(this.#path, { bigint: true }).mtimeNs
    } catch (cause) {
      throw fileError(cause, this.#path)
    }
    const nowUs = this.#clock.monotonicUs()
    if (changedAt !== this.#changedAt) {
      this.#changedAt = changedAt
      this.#firstSeenAtUs = nowUs
      this.#isSettled = false
      return true
    }
    if (this.#isSettled) return false
    this.#isSettled = nowUs - this.#firstSeenAtUs > TICK_US
    return true
  }

  /** Names by number. */
  #numbersIn(folder: string): Map<number, string> {
    const numbers = new Map<number, string>()
    for (const name of this.#namesIn(folder)) {
      const parsed = parseDatabaseFileName(name)
      if (parsed?.kind === 'log' && parsed.fileNumber !== null) numbers.set(parsed.fileNumber, join(folder, name))
    }
    return numbers
  }

  #namesIn(folder: string): string[] {
    try {
      return readdirSync(join(this.#path, folder))
    } catch (cause) {
      if (folder !== '.' && cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return []
      throw fileError(cause, join(this.#path, folder))
    }
  }

  /** A log that has gone from the listing was flushed; one that is another file now was replaced. */
  #compare(log: HeldLog, name: string | undefined): void {
    if (name === undefined) return
    const stat = lstatSync(join(this.#path, name), { throwIfNoEntry: false })
    if (stat !== undefined && `${stat.dev} ${stat.ino}` !== log.identity) this.#wasReplaced = true
  }

  #hold(number: number, names: readonly (string | undefined)[]): HeldLog | null {
    // a log that moves into the archive between listing and opening is there under the same number
    const places = [...names, join('archive', `${number.toString().padStart(6, '0')}.log`)]
    for (const name of places) {
      if (name === undefined) continue
      try {
        const log = new HeldLog(join(this.#path, name), name, number)
        this.#held.push(log)
        this.#held.sort((left, right) => left.logNumber - right.logNumber)
        return log
      } catch (error) {
        // gone: the sequences of the next log say whether anything was lost
        if (!(error instanceof AppError && error.code === 'PATH_NOT_FOUND')) throw error
      }
    }
    return null
  }
}

function firstSequenceOf(log: HeldLog): number | null {
  const tail = new LogTail(log, log.logNumber)
  return tail.next() ? startSequenceOf(tail.payload) : null
}
