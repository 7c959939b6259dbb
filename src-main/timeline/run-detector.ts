import type { Commit } from '../rocksdb/commits/commit.ts'
import { Tally } from './tally.ts'
import type { AccidentThresholds } from './thresholds.ts'
import { UsualAmount } from './usual-amount.ts'

/** Neighbouring commits that together do far more of something than is usual. */
export type Run = {
  readonly tally: Tally
  /** what is counted, over the run */
  readonly amount: number
  /** what a commit usually had when the run began */
  readonly usual: number
  readonly label: string
}

/**
 * Finds runs of commits with an unusual amount of something, as a cumulative sum (Page, "Continuous Inspection
 * Schemes"): every commit adds what it has beyond the allowance, commits below it take that away again, and a run ends
 * where nothing is left or where the next one is far away. It is reported when it has `amountMin` or more. So one large commit, fifty batches and two thousand single deletes are found
 * alike, and the run starts and ends with a commit that belongs to it.
 */
export class RunDetector {
  readonly #thresholds: AccidentThresholds
  readonly #amountMin: number
  readonly #report: (run: Run) => void
  readonly #usual: UsualAmount
  #isOpen = false
  #run = new Tally()
  #amount = 0
  #usualAtStart = 0
  #label = ''
  #largestAmount = 0
  /** beyond the allowance: with the tail, and at the run's end */
  #sum = 0
  #excess = 0
  /** commits behind the last significant one: part of the run only when another follows */
  readonly #tail = new Tally()
  #tailAmount = 0

  constructor(thresholds: AccidentThresholds, amountMin: number, report: (run: Run) => void) {
    this.#thresholds = thresholds
    this.#amountMin = amountMin
    this.#report = report
    this.#usual = new UsualAmount(thresholds)
  }

  /** @param label what the amount is of; a run has one label */
  add(commit: Commit, sequenceBefore: number | null, amount: number, label = ''): void {
    const score = amount - this.#usual.allowance
    const usual = this.#usual.amount
    this.#usual.learn(amount, this.#isOpen || score > 0)
    if (this.#isOpen && (this.#isApart(commit) || (score > 0 && label !== this.#label))) this.#close()
    if (this.#isOpen && amount * this.#thresholds.significantShare > this.#amount + this.#tailAmount) this.#close()
    if (!this.#isOpen) {
      if (score <= 0) return
      this.#open(usual, label)
    }
    this.#sum += score
    if (this.#sum <= 0) {
      this.#close()
      return
    }
    this.#tail.add(commit, sequenceBefore)
    this.#tailAmount += amount
    if (score > 0 && amount >= this.#largestAmount * this.#thresholds.significantShare) this.#takeTail(amount)
  }

  /** The run that has not ended, when it is one to report. */
  current(): Run | null {
    if (!this.#isOpen || this.#amount < this.#amountMin) return null
    if (this.#excess < this.#amount * this.#thresholds.excessShareMin) return null
    return { tally: this.#run, amount: this.#amount, usual: this.#usualAtStart, label: this.#label }
  }

  #open(usual: number, label: string): void {
    this.#isOpen = true
    this.#run = new Tally()
    this.#amount = 0
    this.#usualAtStart = usual
    this.#label = label
    this.#largestAmount = 0
    this.#sum = 0
    this.#excess = 0
    this.#clearTail()
  }

  #takeTail(amount: number): void {
    this.#run.append(this.#tail)
    this.#amount += this.#tailAmount
    this.#largestAmount = Math.max(this.#largestAmount, amount)
    this.#excess = this.#sum
    this.#clearTail()
  }

  #clearTail(): void {
    this.#tail.clear()
    this.#tailAmount = 0
  }

  #close(): void {
    const run = this.current()
    this.#isOpen = false
    if (run !== null) this.#report(run)
  }

  #isApart(commit: Commit): boolean {
    const { lastCommittedAtUs } = this.#run
    if (lastCommittedAtUs !== null && commit.committedAtUs !== null) {
      return commit.committedAtUs - lastCommittedAtUs > this.#thresholds.runGapUs
    }
    return this.#tail.commitCount >= this.#thresholds.runGapCommits
  }
}
