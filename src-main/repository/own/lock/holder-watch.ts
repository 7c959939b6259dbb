import type { Clock } from '#base/clock.ts'
import type { LockFile, LockHolder } from './holder.ts'
import type { ProcessFacts } from './process-facts.ts'

/** twelve heartbeats: a holder that is silent for so long has lost its machine */
const SILENCE_US = 60_000_000

/**
 * Judges whether the holder of a lock is gone. In our own process space the operating system knows. Of any other one only
 * its silence can be watched: on our monotonic clock, because two machines' clocks need not agree.
 */
export class HolderWatch {
  readonly #process: ProcessFacts
  readonly #clock: Clock
  readonly #seen = new Map<string, { content: string; sinceUs: number }>()

  constructor(process: ProcessFacts, clock: Clock) {
    this.#process = process
    this.#clock = clock
  }

  isGone(file: LockFile): boolean {
    const isSilent = this.#silentUs(file) >= SILENCE_US
    if (file.holder === null || !this.#isNear(file.holder)) return isSilent
    const found = this.#process.look(file.holder.processId)
    if (found === 'ended') return true
    if (found === 'unknown' || file.holder.processStart === null) return isSilent
    return found.processStart !== file.holder.processStart
  }

  #isNear(holder: LockHolder): boolean {
    const { host, processSpace } = this.#process
    return processSpace !== null && processSpace === holder.processSpace && host === holder.host
  }

  /** For how long this very content has been seen. */
  #silentUs(file: LockFile): number {
    const nowUs = this.#clock.monotonicUs()
    const seen = this.#seen.get(file.key)
    if (seen?.content === file.content) return nowUs - seen.sinceUs
    this.#seen.set(file.key, { content: file.content, sinceUs: nowUs })
    return 0
  }
}
