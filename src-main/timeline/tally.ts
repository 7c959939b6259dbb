import type { Commit } from '../rocksdb/commits/commit.ts'
import type { FindingTotals } from './finding.ts'

const FAMILIES_MAX = 16

/** Names a column family; null when it is not known. */
export type FamilyNamer = (columnFamilyId: number) => string | null

/** The sums over neighbouring commits. */
export class Tally {
  commitCount = 0
  firstSequence = 0
  lastSequence = 0
  sequenceBefore: number | null = null
  committedAtUs: number | null = null
  lastCommittedAtUs: number | null = null
  puts = 0
  deletes = 0
  rangeDeletes = 0
  merges = 0
  bytes = 0
  readonly #familyIds = new Set<number>()

  get operations(): number {
    return this.puts + this.deletes + this.rangeDeletes + this.merges
  }

  clear(): void {
    this.commitCount = 0
    this.puts = 0
    this.deletes = 0
    this.rangeDeletes = 0
    this.merges = 0
    this.bytes = 0
    this.#familyIds.clear()
  }

  /** @param sequenceBefore last sequence of the commit before this one */
  add(commit: Commit, sequenceBefore: number | null): void {
    const { firstSequence, lastSequence, committedAtUs, families } = commit
    this.#extend(1, firstSequence, lastSequence, sequenceBefore, committedAtUs, committedAtUs)
    for (const counts of families) {
      this.puts += counts.puts
      this.deletes += counts.deletes
      this.rangeDeletes += counts.rangeDeletes
      this.merges += counts.merges
      this.bytes += counts.bytes
      this.#addFamily(counts.columnFamilyId)
    }
  }

  /** Takes in what follows. */
  append(later: Tally): void {
    if (later.commitCount === 0) return
    const { commitCount, firstSequence, lastSequence, sequenceBefore, committedAtUs, lastCommittedAtUs } = later
    this.#extend(commitCount, firstSequence, lastSequence, sequenceBefore, committedAtUs, lastCommittedAtUs)
    this.puts += later.puts
    this.deletes += later.deletes
    this.rangeDeletes += later.rangeDeletes
    this.merges += later.merges
    this.bytes += later.bytes
    for (const id of later.#familyIds) this.#addFamily(id)
  }

  totals(familyName: FamilyNamer): FindingTotals {
    const { firstSequence, lastSequence, sequenceBefore, committedAtUs, lastCommittedAtUs, commitCount } = this
    const { puts, deletes, rangeDeletes, merges, bytes } = this
    const families = [...this.#familyIds].map((columnFamilyId) => ({
      columnFamilyId,
      name: familyName(columnFamilyId),
    }))
    return {
      firstSequence,
      lastSequence,
      sequenceBefore,
      committedAtUs,
      lastCommittedAtUs,
      commitCount,
      puts,
      deletes,
      rangeDeletes,
      merges,
      bytes,
      families,
    }
  }

  #extend(
    commitCount: number,
    firstSequence: number,
    lastSequence: number,
    sequenceBefore: number | null,
    committedAtUs: number | null,
    lastCommittedAtUs: number | null,
  ): void {
    if (this.commitCount === 0) {
      this.firstSequence = firstSequence
      this.sequenceBefore = sequenceBefore
      this.committedAtUs = committedAtUs
    }
    this.commitCount += commitCount
    this.lastSequence = lastSequence
    this.lastCommittedAtUs = lastCommittedAtUs
  }

  #addFamily(columnFamilyId: number): void {
    if (this.#familyIds.size < FAMILIES_MAX) this.#familyIds.add(columnFamilyId)
  }
}
