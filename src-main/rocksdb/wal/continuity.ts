/** A place where sequence numbers do not continue. */
export type Discontinuity = { readonly kind: 'missing' | 'back'; readonly expectedSequence: number }

/**
 * Between two logs, and between the tables and the first log, sequences continue; where they do not, a log is
 * missing or cut, or operations were written without a log. No engine reports this (docs/formats/rocksdb.md §9.2).
 * Inside a log gaps are normal (§3.1), and so they are everywhere in a transaction database, which may use two write
 * queues. Going back is what engines from 10.1 on refuse; older ones replay on. Each is reported once a log.
 */
export class SequenceContinuity {
  /** where the next batch should start; null before the first one */
  nextSequence: number | null = null
  /** true once a batch of a transaction database was seen */
  hasTransactions = false
  readonly #lastSequenceBefore: number | null
  #isFirstOfLog = true
  #wentBack = false

  /** @param lastSequenceBefore last sequence before the first log; null when it is not known */
  constructor(lastSequenceBefore: number | null) {
    this.#lastSequenceBefore = lastSequenceBefore
  }

  beginLog(): void {
    this.#isFirstOfLog = true
    this.#wentBack = false
  }

  /** Compares the start of a batch with what came before it. */
  check(sequence: number): Discontinuity | null {
    const isFirstOfLog = this.#isFirstOfLog
    this.#isFirstOfLog = false
    if (this.hasTransactions) return null
    const next = this.nextSequence
    if (next !== null && sequence < next) {
      if (this.#wentBack) return null
      this.#wentBack = true
      return { kind: 'back', expectedSequence: next }
    }
    if (!isFirstOfLog || (next === null && this.#lastSequenceBefore === null)) return null
    const expectedSequence = Math.max(next ?? 0, (this.#lastSequenceBefore ?? -1) + 1)
    return sequence > expectedSequence ? { kind: 'missing', expectedSequence } : null
  }
}
