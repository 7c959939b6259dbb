// Histories in memory: commits in segments, backups, timelines; told to the planner as the files of a repository would.

import type { ArchivedCommit, RecoveryTarget } from '../../../../src-main/contract/recovery.ts'
import type { ListedBackup } from '../../../../src-main/repository/own/list/listed-backup.ts'
import type { BaseLook, BaseLookup } from '../../../../src-main/restore/plan/base-lookup.ts'
import type { CommitLookup, CommitSummary, WalkedCommit } from '../../../../src-main/restore/plan/commit-lookup.ts'
import { SegmentDamage, type SequenceRange } from '../../../../src-main/restore/plan/commit-lookup.ts'
import { CommitTally } from '../../../../src-main/restore/plan/commit-tally.ts'
import type { ArchiveFact, RecoveryFacts, SegmentFact } from '../../../../src-main/restore/plan/facts.ts'
import { planRecovery } from '../../../../src-main/restore/plan/plan-recovery.ts'
import type { PlanContext } from '../../../../src-main/restore/plan/plan-request.ts'

const NOW_US = 9_000_000
export const context: PlanContext = { nowUs: NOW_US, measuredBytesPerSecond: null }

export type CommitOrder = Partial<ArchivedCommit> & { families?: readonly number[] }

/** A commit of some sequences at a time. */
export function commit(first: number, last: number, timeUs: number | null, more: CommitOrder = {}): WalkedCommit {
  const { families = [0], ...fields } = more
  return {
    firstSequence: first,
    lastSequence: last,
    committedAtUs: timeUs,
    uncertaintyUs: null,
    putCount: last - first + 1,
    deleteCount: 0,
    rangeDeleteCount: 0,
    sizeBytes: 10 * (last - first + 1),
    ...fields,
    columnFamilyIds: families,
  }
}

/** As it stands in a plan. */
export function told({ columnFamilyIds: _, ...commit }: WalkedCommit): ArchivedCommit {
  return commit
}

export function full(id: number, lastSequence: number, more: Partial<ListedBackup> = {}): ListedBackup {
  return {
    id,
    kind: 'full',
    state: 'ok',
    timeline: '1',
    createdAtUs: null,
    firstSequence: lastSequence,
    lastSequence,
    sequenceFloor: lastSequence,
    lastCommitAtUs: null,
    fileCount: 3,
    totalBytes: 1000,
    ownBytes: 1000,
    baseId: null,
    label: null,
    verified: null,
    pin: null,
    problems: [],
    isRestorable: true,
    ...more,
  }
}

export function increment(id: number, firstSequence: number, lastSequence: number, more: Partial<ListedBackup> = {}) {
  return full(id, lastSequence, { kind: 'increment', firstSequence, baseId: id - 1, ...more })
}

export const failed = (problem: string): Partial<ListedBackup> => ({
  isRestorable: false,
  verified: {
    id: 1,
    level: 'checksum',
    result: 'failed',
    verifiedAtUs: 1,
    fileCount: 1,
    readBytes: 1,
    durationUs: 1,
    problems: [problem],
  },
})

/** Segments of a timeline by their commits; the last one may be open. */
export class WrittenArchive implements CommitLookup {
  readonly commits = new Map<string, readonly WalkedCommit[]>()
  readonly damagedPaths = new Set<string>()
  readonly archives: ArchiveFact[] = []
  readonly #summaries = new Map<string, CommitSummary>()

  timeline(
    timeline: string,
    segments: readonly (readonly WalkedCommit[])[],
    more: Partial<ArchiveFact> & { isOpen?: boolean } = {},
  ) {
    const { isOpen = false, ...rest } = more
    const facts = segments.map((commits, index): SegmentFact => {
      const firstSequence = commits[0]!.firstSequence
      const path = pathOf(timeline, firstSequence)
      this.commits.set(path, commits)
      const lastSequence = commits.at(-1)!.lastSequence
      const sizeBytes = commits.reduce((sum, each) => sum + each.sizeBytes + 20, 0)
      return { path, timeline, firstSequence, lastSequence, sizeBytes, isOpen: isOpen && index === segments.length - 1 }
    })
    this.archives.push({ timeline, segments: facts, damaged: [], gaps: [], ...rest })
    return this
  }

  walk(segment: SegmentFact, range: SequenceRange, visit: (commit: WalkedCommit) => boolean | undefined): void {
    if (this.damagedPaths.has(segment.path)) throw new SegmentDamage(segment.path, 'a flipped bit')
    for (const each of this.commits.get(segment.path)!) {
      const isIn = each.firstSequence > range.afterSequence && each.lastSequence <= range.untilSequence
      if (isIn && each.lastSequence >= each.firstSequence && visit(each) === false) return
    }
  }

  summarize(segment: SegmentFact, range: SequenceRange): CommitSummary {
    const isWhole = range.afterSequence < segment.firstSequence && range.untilSequence >= segment.lastSequence
    const known = isWhole ? this.#summaries.get(segment.path) : undefined
    if (known !== undefined) return known
    const tally = new CommitTally()
    this.walk(segment, range, (each) => {
      tally.add(each)
      return undefined
    })
    if (isWhole) this.#summaries.set(segment.path, tally.summary())
    return tally.summary()
  }

  crc32cOf({ isOpen, firstSequence }: SegmentFact): number | null {
    return isOpen ? null : firstSequence
  }
}

/** Every full is what the list says, and knows the families that are given. */
export class WrittenBases implements BaseLookup {
  readonly looks: ReadonlyMap<number, Partial<Extract<BaseLook, { kind: 'usable' }>> | string>

  constructor(looks: Record<number, Partial<Extract<BaseLook, { kind: 'usable' }>> | string> = {}) {
    this.looks = new Map(Object.entries(looks).map(([id, look]) => [Number(id), look]))
  }

  look(backupId: number, knownLastSequence: number | null): BaseLook {
    const look = this.looks.get(backupId) ?? {}
    if (typeof look === 'string') return { kind: 'unusable', reason: look }
    const plain = { metaDigest: `digest ${backupId}`, columnFamilyIds: [0], databaseId: null }
    return { kind: 'usable', ...plain, lastSequence: knownLastSequence ?? -1, ...look }
  }
}

export function pathOf(timeline: string, firstSequence: number): string {
  return `wal/${timeline}/${String(firstSequence).padStart(20, '0')}.wal`
}

export function factsOf(
  archive: WrittenArchive,
  backups: readonly ListedBackup[],
  more: Partial<RecoveryFacts> = {},
): RecoveryFacts {
  return {
    repositoryId: 'a repository',
    repositoryPath: '/repository',
    currentTimeline: '1',
    timelines: [{ id: '1', databaseId: null, parent: null, forkSequence: null, createdAtUs: 0 }],
    backups: backups.toSorted((left, right) => right.id - left.id),
    archives: archive.archives,
    marks: [],
    writerSeenAtUs: null,
    problems: [],
    ...more,
  }
}

export const time = (timeUs: number, isInclusive = true): RecoveryTarget => ({ kind: 'time', timeUs, isInclusive })
export const sequence = (number: number): RecoveryTarget => ({ kind: 'sequence', sequence: number })
export const justBefore = (number: number): RecoveryTarget => ({ kind: 'before', sequence: number })
export const latest: RecoveryTarget = { kind: 'latest' }

/** Plans, with all that can be left out left out. */
export function plan(
  archive: WrittenArchive,
  backups: readonly ListedBackup[],
  target: RecoveryTarget,
  more: {
    facts?: Partial<RecoveryFacts>
    bases?: BaseLookup
    timeline?: string
    excluded?: readonly number[]
    context?: PlanContext
  } = {},
) {
  const request = { target, timeline: more.timeline ?? null, excludedBackupIds: more.excluded ?? [] }
  const lookups = { commits: archive, bases: more.bases ?? new WrittenBases() }
  return planRecovery(factsOf(archive, backups, more.facts), request, lookups, more.context ?? context)
}

/** The plan of a point that can be reached. */
export function planned(...order: Parameters<typeof plan>) {
  const answer = plan(...order)
  if (answer.kind === 'refused') throw new Error(`refused: ${answer.refusal.error.message}`)
  return answer.plan
}

/** Where the plan cuts. */
export function cutOf(...order: Parameters<typeof plan>): number | string {
  const answer = plan(...order)
  return answer.kind === 'planned' ? answer.plan.effective.sequence : answer.refusal.error.code
}

/** Why a point cannot be reached, and what is near. */
export function refused(...order: Parameters<typeof plan>) {
  const answer = plan(...order)
  if (answer.kind === 'planned') throw new Error(`planned up to ${answer.plan.effective.sequence}`)
  const { error, nearestBefore, nearestAfter } = answer.refusal
  return {
    code: error.code,
    message: error.message,
    nearest: [nearestBefore?.sequence ?? null, nearestAfter?.sequence ?? null],
  }
}

/** A full at 10, then commits 11–12, 13, 14–16 | 17, 18–20 at 110, 120, 120 | 130, 140; the last segment is open. */
export function plain() {
  const archive = new WrittenArchive().timeline(
    '1',
    [
      [
        commit(11, 12, 110),
        commit(13, 13, 120),
        commit(14, 16, 120, { putCount: 0, deleteCount: 2, rangeDeleteCount: 1 }),
      ],
      [commit(17, 17, 130), commit(18, 20, 140)],
    ],
    { isOpen: true },
  )
  return { archive, fulls: [full(1, 10, { createdAtUs: 105, lastCommitAtUs: 100 })] }
}
