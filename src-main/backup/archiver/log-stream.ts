import type { Damage } from '#base/damage.ts'
import type { HeldLog } from './held-log.ts'
import type { LogDirectory } from './log-directory.ts'
import { LogTail } from './log-tail.ts'

/**
 * The records of a database's logs, one log after the other. A log has ended when the next one holds a record: an engine
 * writes out what it has of a log before it begins the next (docs/formats/rocksdb.md §8.2).
 */
export class LogStream {
  readonly #directory: LogDirectory
  #log: HeldLog | null = null
  #tail: LogTail | null = null
  #isHeldBack = false
  readonly #numbersWithRecords = new Set<number>()
  /** where the newest log stalled when it was looked at last */
  #stalledAt = -1
  #damages: Damage[] = []

  /** @param fromNumber the log to begin with, or the next one that is there */
  constructor(directory: LogDirectory, fromNumber = 0) {
    this.#directory = directory
    this.#open(directory.logs.find((log) => log.logNumber >= fromNumber) ?? null)
  }

  /** Of the present record; the caller has seen next() say true. */
  get payload(): Uint8Array {
    return this.#tail?.payload ?? new Uint8Array(0)
  }

  get endOffsetBytes(): number {
    return this.#tail?.endOffsetBytes ?? 0
  }

  get offsetBytes(): number {
    return this.#tail?.offsetBytes ?? 0
  }

  /** The log of the present record; null before the first one. */
  get log(): HeldLog | null {
    return this.#log
  }

  get timestampSizes(): ReadonlyMap<number, number> | null {
    return this.#tail?.timestampSizes ?? null
  }

  /** Bytes of logs that were not read so far; what an engine preallocated or left from a former log counts too. */
  unreadBytes(): number {
    const current = this.#log
    let bytes = 0
    for (const log of this.#directory.logs) {
      if (current !== null && log.logNumber < current.logNumber) continue
      bytes += log.sizeBytes - (log === current ? (this.#tail?.position ?? 0) : 0)
    }
    return Math.max(0, bytes)
  }

  /** The next record of any log; false when there is none at this moment. @throws AppError */
  next(): boolean {
    if (this.#isHeldBack) {
      this.#isHeldBack = false
      return true
    }
    if (this.#tail === null) this.#open(this.#directory.logs[0] ?? null)
    while (this.#tail !== null) {
      if (this.#advance(this.#tail)) return true
      const next = this.#nextLog()
      if (next === null) return false
      this.#open(next)
    }
    return false
  }

  /** Gives the present record once more. */
  holdBack(): void {
    this.#isHeldBack = true
  }

  /** What was wrong with what was passed over since the last call. */
  takeDamages(): Damage[] {
    this.#collect()
    const damages = this.#damages
    this.#damages = []
    return damages
  }

  /** True at a record; false at the end of a log, or where more may come. */
  #advance(tail: LogTail): boolean {
    if (tail.next()) return true
    if (!this.#hasNewerRecord()) return this.#overDamage(tail)
    // now that a later log has a record, this one is complete: what was written in between is read, the rest passed over
    while (!tail.next()) if (!tail.skip()) return false
    return true
  }

  /** In the newest log, what stays unreadable while blocks behind it are sound is damage. */
  #overDamage(tail: LogTail): boolean {
    const wasStalledHere = this.#stalledAt === tail.position
    this.#stalledAt = tail.position
    if (!wasStalledHere || (tail.stall !== 'bad' && tail.stall !== 'zeros')) return false
    if (!tail.hasSoundBlockAhead()) return false
    if (tail.next()) return true
    return tail.skip() && tail.next()
  }

  /** The log behind the present one, when that has ended. */
  #nextLog(): HeldLog | null {
    if (!this.#hasNewerRecord()) return null
    const current = this.#log?.logNumber ?? -1
    return this.#directory.logs.find((log) => log.logNumber > current) ?? null
  }

  #hasNewerRecord(): boolean {
    const current = this.#log?.logNumber ?? -1
    return this.#directory.logs.some((log) => log.logNumber > current && this.#hasRecord(log))
  }

  #hasRecord(log: HeldLog): boolean {
    if (this.#numbersWithRecords.has(log.logNumber)) return true
    if (log.sizeBytes === 0 || !new LogTail(log, log.logNumber).next()) return false
    this.#numbersWithRecords.add(log.logNumber)
    return true
  }

  #open(log: HeldLog | null): void {
    this.#collect()
    if (this.#log !== null) this.#numbersWithRecords.delete(this.#log.logNumber)
    this.#log = log
    this.#stalledAt = -1
    this.#tail = log === null ? null : new LogTail(log, log.logNumber)
  }

  #collect(): void {
    const damage = this.#tail?.takeDamage() ?? null
    if (damage !== null) this.#damages.push(damage)
  }
}
