import { equalBytes } from '#base/bytes.ts'
import { limits } from '#base/limits.ts'
import type { Commit } from '../rocksdb/commits/commit.ts'
import { Tally } from './tally.ts'

/** of a longer key the beginning is kept, and it is compared with nothing */
const KEY_BYTES_MAX = 1024

export type KeyRange = {
  readonly columnFamilyId: number
  readonly begin: Uint8Array
  readonly isBeginCut: boolean
  /** exclusive */
  readonly end: Uint8Array
  readonly isEndCut: boolean
  /** DeleteRange operations that continue each other */
  readonly rangeCount: number
}

export type RangeDelete = { readonly range: KeyRange; readonly tally: Tally }

/** Collects range deletes; those that continue each other, also over commits, are one. */
export class RangeDeletes {
  readonly #report: (rangeDelete: RangeDelete) => void
  #pending: KeyRange[] = []
  #open: RangeDelete | null = null
  /** operations of commits that have too many to be looked at */
  omittedCount = 0

  constructor(report: (rangeDelete: RangeDelete) => void) {
    this.#report = report
  }

  /** Takes an operation of the commit that add() gets next. */
  operation(columnFamilyId: number, begin: Uint8Array, end: Uint8Array): void {
    const range: KeyRange = {
      columnFamilyId,
      begin: new Uint8Array(begin.subarray(0, KEY_BYTES_MAX)),
      isBeginCut: begin.length > KEY_BYTES_MAX,
      end: new Uint8Array(end.subarray(0, KEY_BYTES_MAX)),
      isEndCut: end.length > KEY_BYTES_MAX,
      rangeCount: 1,
    }
    const last = this.#pending.at(-1)
    if (last !== undefined && continues(last, range)) this.#pending[this.#pending.length - 1] = joined(last, range)
    else if (this.#pending.length < limits.findingsKeptMax) this.#pending.push(range)
    else this.omittedCount += 1
  }

  add(commit: Commit, sequenceBefore: number | null): void {
    if (this.#pending.length === 0) return
    for (const range of this.#pending) {
      const open = this.#open
      const tally = new Tally()
      if (open !== null && continues(open.range, range)) {
        tally.append(open.tally)
        if (open.tally.lastSequence !== commit.lastSequence) tally.add(commit, sequenceBefore)
        this.#open = { range: joined(open.range, range), tally }
        continue
      }
      if (open !== null) this.#report(open)
      tally.add(commit, sequenceBefore)
      this.#open = { range, tally }
    }
    this.#pending = []
  }

  /** The one that the next commit may continue. */
  current(): RangeDelete | null {
    return this.#open
  }
}

function continues(range: KeyRange, next: KeyRange): boolean {
  if (range.columnFamilyId !== next.columnFamilyId || range.isEndCut || next.isBeginCut) return false
  return equalBytes(range.end, next.begin)
}

function joined(range: KeyRange, next: KeyRange): KeyRange {
  const { end, isEndCut } = next
  return { ...range, end, isEndCut, rangeCount: range.rangeCount + next.rangeCount }
}
