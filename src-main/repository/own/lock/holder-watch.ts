import type { Clock } from '#base/clock.ts'
import type { LockFile, LockHolder } from './holder.ts'
import type { ProcessFacts } from './process-facts.ts'

/** twelve heartbeats: a holder that is silent for so long has lost its machine */
const SILENCE_US = 60_000_000

/** Unknown: it was silent for too short a time to be sure. */
export type HolderState = 'gone' | 'alive' | 'unknown'

/**
 * Judges whether the holder of a lock is gone. In our own process space the operating system knows, and so it does of
 * what ran before our machine was started. Of any other one only its silence can be watched: on our monotonic clock,
 * because two machines' clocks need not agree.
 */
export class HolderWatch {
  readonly #process: ProcessFacts
  readonly #clock: Clock
  readonly #seen = new Map<string, { content: string; sinceUs: number }>()

  constructor(process: ProcessFacts, clock: Clock) {
    this.#process = process
    this.#clock = clock
  }

  judge(file: LockFile): HolderState {
    const isSilent = this.#silentUs(file) >= SILENCE_US
    const known = file.holder === null ? 'unknown' : this.#known(file.holder)
    return known === 'unknown' && isSilent ? 'gone' : known
  }

  /** What the operating system says. */
  #known(holder: LockHolder): HolderState {
    if (holder.host !== this.#process.host) return 'unknown'
    if (this.#isFromEarlierBoot(holder)) return 'gone'
    if (!this.#isInOwnSpace(holder)) return 'unknown'
    const found = this.#process.look(holder.processId)
    if (found === 'ended') return 'gone'
    if (found === 'unknown' || holder.processStart === null) return 'unknown'
    return found.processStart === holder.processStart ? 'alive' : 'gone'
  }

  /** Where process spaces have no name and the machine has one only, the name of the machine is enough. */
  #isInOwnSpace({ processSpace }: LockHolder): boolean {
    const own = this.#process
    return processSpace === own.processSpace && (own.processSpace !== null || own.hasOneProcessSpace)
  }

  /**
   * Another kernel ran on a machine of our name. Two machines may have one name, so it must have been silent since ours
   * was started, too: one that lives elsewhere was not.
   */
  #isFromEarlierBoot({ processSpace, heartbeatAtUs }: LockHolder): boolean {
    const { processSpace: ownSpace, bootedAtUs } = this.#process
    if (processSpace === null || ownSpace === null || bootedAtUs === null) return false
    return bootOf(processSpace) !== bootOf(ownSpace) && heartbeatAtUs < bootedAtUs
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

/** A process space is named by the boot of its kernel, a space, and the numbers that it counts. */
function bootOf(processSpace: string): string {
  return processSpace.split(' ', 1)[0] ?? processSpace
}
