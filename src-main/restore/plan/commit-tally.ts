import type { CommitSummary, WalkedCommit } from './commit-lookup.ts'

/** Adds commits up, one by one or many at once, in the order of their sequences. */
export class CommitTally {
  commitCount = 0
  putCount = 0
  deleteCount = 0
  sizeBytes = 0
  firstTimeUs: number | null = null
  lastTimeUs: number | null = null
  earliestTimeUs: number | null = null
  latestTimeUs: number | null = null
  stepBackCount = 0
  unknownTimeCount = 0
  arrivalCount = 0
  readonly #familyIds = new Set<number>()

  add(commit: WalkedCommit): void {
    this.commitCount += 1
    this.putCount += commit.putCount
    this.deleteCount += commit.deleteCount + commit.rangeDeleteCount
    this.sizeBytes += commit.sizeBytes
    for (const id of commit.columnFamilyIds) this.#familyIds.add(id)
    if (commit.uncertaintyUs !== null) this.arrivalCount += 1
    if (commit.committedAtUs === null) this.unknownTimeCount += 1
    else this.#time(commit.committedAtUs, commit.committedAtUs, commit.committedAtUs, commit.committedAtUs)
  }

  /** Commits that follow those added before. */
  addAll(summary: CommitSummary): void {
    this.commitCount += summary.commitCount
    this.putCount += summary.putCount
    this.deleteCount += summary.deleteCount
    this.sizeBytes += summary.sizeBytes
    this.stepBackCount += summary.stepBackCount
    this.unknownTimeCount += summary.unknownTimeCount
    this.arrivalCount += summary.arrivalCount
    for (const id of summary.columnFamilyIds) this.#familyIds.add(id)
    const { firstTimeUs, lastTimeUs, earliestTimeUs, latestTimeUs } = summary
    if (firstTimeUs === null || lastTimeUs === null || earliestTimeUs === null || latestTimeUs === null) return
    this.#time(firstTimeUs, lastTimeUs, earliestTimeUs, latestTimeUs)
  }

  summary(): CommitSummary {
    return {
      commitCount: this.commitCount,
      putCount: this.putCount,
      deleteCount: this.deleteCount,
      sizeBytes: this.sizeBytes,
      firstTimeUs: this.firstTimeUs,
      lastTimeUs: this.lastTimeUs,
      earliestTimeUs: this.earliestTimeUs,
      latestTimeUs: this.latestTimeUs,
      stepBackCount: this.stepBackCount,
      unknownTimeCount: this.unknownTimeCount,
      arrivalCount: this.arrivalCount,
      columnFamilyIds: [...this.#familyIds],
    }
  }

  #time(firstUs: number, lastUs: number, earliestUs: number, latestUs: number): void {
    if (this.lastTimeUs !== null && firstUs < this.lastTimeUs) this.stepBackCount += 1
    this.firstTimeUs ??= firstUs
    this.lastTimeUs = lastUs
    this.earliestTimeUs = Math.min(this.earliestTimeUs ?? earliestUs, earliestUs)
    this.latestTimeUs = Math.max(this.latestTimeUs ?? latestUs, latestUs)
  }
}
