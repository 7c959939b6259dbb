import type { Commit, FamilyCounts } from '../../../src-main/rocksdb/commits/commit.ts'

/** What a commit of a history does; all of it to one family. */
export type Step = Partial<Omit<FamilyCounts, 'bytes'>> & { readonly timeUs?: number; readonly bytes?: number }

export const START_US = 1_700_000_000_000_000

/** A whole commit from what a test says about it, numbered behind `sequenceBefore`. */
function commitOf(step: Step, sequenceBefore: number): Commit {
  const { timeUs, columnFamilyId = 0, puts = 0, deletes = 0, rangeDeletes = 0, merges = 0 } = step
  const operations = puts + deletes + rangeDeletes + merges
  const bytes = step.bytes ?? 40 * operations
  return {
    firstSequence: sequenceBefore + 1,
    lastSequence: sequenceBefore + operations,
    committedAtUs: timeUs ?? null,
    timeKind: timeUs === undefined ? 'unknown' : 'commit',
    uncertaintyUs: null,
    logNumber: 1,
    file: '000001.log',
    offsetBytes: 0,
    recordEndBytes: 0,
    isLastOfRecord: true,
    sizeBytes: bytes + 20,
    families: operations === 0 ? [] : [{ columnFamilyId, puts, deletes, rangeDeletes, merges, bytes }],
  }
}

/** The commits one after the other, from sequence 1 on. */
export function historyOf(steps: readonly Step[]): Commit[] {
  let sequence = 0
  return steps.map((step) => {
    const commit = commitOf(step, sequence)
    sequence = commit.lastSequence
    return commit
  })
}
