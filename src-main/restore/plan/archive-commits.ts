import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'
import type { ArchiveFiles } from '../../repository/archive/archive-files.ts'
import type { IndexCommit, SegmentIndex } from '../../repository/archive/segment-index.ts'
import { readSegmentIndex } from '../../repository/archive/segments.ts'
import { walkSegment } from '../../repository/archive/walk-segment.ts'
import type { BackupDirectory } from '../../repository/backup-directory.ts'
import type { Commit } from '../../rocksdb/commits/commit.ts'
import {
  type CommitLookup,
  type CommitSummary,
  SegmentDamage,
  type SequenceRange,
  type WalkedCommit,
} from './commit-lookup.ts'
import { CommitTally } from './commit-tally.ts'
import type { SegmentFact } from './facts.ts'

type Visit = (commit: WalkedCommit) => boolean | undefined

/** Ends the walk of an open segment. */
class Enough extends Error {}

/**
 * The commits of a repository's archive, from the indexes of closed segments and by walking the open one. What whole
 * segments come to is remembered for as long as this object is used.
 */
export class ArchiveCommits implements CommitLookup {
  readonly #files: ArchiveFiles
  readonly #summaries = new Map<string, CommitSummary>()
  readonly #crcs = new Map<string, number>()
  readonly #commit: WalkedCommit & { columnFamilyIds: number[] } = {
    firstSequence: 0,
    lastSequence: 0,
    committedAtUs: null,
    uncertaintyUs: null,
    putCount: 0,
    deleteCount: 0,
    rangeDeleteCount: 0,
    sizeBytes: 0,
    columnFamilyIds: [],
  }

  constructor(directory: BackupDirectory) {
    this.#files = directory
  }

  /** @throws SegmentDamage; AppError PATH_NOT_FOUND when the segment is gone since the facts were read */
  walk(segment: SegmentFact, range: SequenceRange, visit: Visit): void {
    const visitInRange = () => {
      const { firstSequence, lastSequence } = this.#commit
      if (firstSequence > range.untilSequence) return false
      const isInRange = firstSequence > range.afterSequence && lastSequence <= range.untilSequence
      return isInRange && lastSequence >= firstSequence ? visit(this.#commit) : undefined
    }
    try {
      if (segment.isOpen) this.#walkOpen(segment, visitInRange)
      else this.#walkClosed(segment, visitInRange)
    } catch (cause) {
      const isUnreadable = cause instanceof AppError && cause.code !== 'PATH_NOT_FOUND'
      if (!(cause instanceof DamageError || isUnreadable)) throw cause
      throw new SegmentDamage(segment.path, cause.message, { cause })
    }
  }

  summarize(segment: SegmentFact, range: SequenceRange): CommitSummary {
    const isWhole = range.afterSequence < segment.firstSequence && range.untilSequence >= segment.lastSequence
    const known = isWhole ? this.#summaries.get(segment.path) : undefined
    if (known !== undefined) return known
    const tally = new CommitTally()
    this.walk(segment, range, (commit) => {
      tally.add(commit)
      return undefined
    })
    const summary = tally.summary()
    if (isWhole) this.#summaries.set(segment.path, summary)
    return summary
  }

  crc32cOf(segment: SegmentFact): number | null {
    if (segment.isOpen) return null
    const known = this.#crcs.get(segment.path)
    if (known !== undefined) return known
    // reading it notes the checksum
    this.walk(segment, { afterSequence: 0, untilSequence: 0 }, () => false)
    return this.#crcs.get(segment.path) ?? null
  }

  #walkClosed(segment: SegmentFact, visit: () => boolean | undefined): void {
    const { index } = readSegmentIndex(this.#files, segment.path)
    requireSame(segment, index)
    this.#crcs.set(segment.path, index.crc32c)
    index.walk((commit) => {
      this.#takeIndexed(commit)
      return visit()
    })
  }

  /** Not behind what was in it when the facts were read. */
  #walkOpen(segment: SegmentFact, visit: () => boolean | undefined): void {
    const source = this.#files.open(segment.path)
    try {
      walkSegment(source, {
        commit: (commit) => {
          this.#takeWalked(commit)
          if (commit.lastSequence > segment.lastSequence || visit() === false) throw new Enough()
        },
      })
    } catch (error) {
      if (!(error instanceof Enough)) throw error
    } finally {
      source.close()
    }
  }

  #takeIndexed(commit: IndexCommit): void {
    const taken = this.#begin(commit.firstSequence, commit.lastSequence, commit.timeUs, commit.uncertaintyUs)
    taken.sizeBytes = commit.sizeBytes
    for (let index = 0; index < commit.familyCount; index += 1) {
      const family = commit.families[index]
      if (family === undefined) break
      taken.putCount += family.puts
      taken.deleteCount += family.deletes
      taken.rangeDeleteCount += family.rangeDeletes
      taken.columnFamilyIds.push(family.columnFamilyId)
    }
  }

  /** The same of the open segment. */
  #takeWalked(commit: Commit): void {
    const { firstSequence, lastSequence, committedAtUs, uncertaintyUs } = commit
    const taken = this.#begin(firstSequence, lastSequence, committedAtUs, uncertaintyUs)
    taken.sizeBytes = commit.sizeBytes
    for (const family of commit.families) {
      taken.putCount += family.puts + family.merges
      taken.deleteCount += family.deletes
      taken.rangeDeleteCount += family.rangeDeletes
      taken.columnFamilyIds.push(family.columnFamilyId)
    }
  }

  #begin(firstSequence: number, lastSequence: number, committedAtUs: number | null, uncertaintyUs: number | null) {
    const commit = this.#commit
    commit.firstSequence = firstSequence
    commit.lastSequence = lastSequence
    commit.committedAtUs = committedAtUs
    commit.uncertaintyUs = uncertaintyUs
    commit.putCount = 0
    commit.deleteCount = 0
    commit.rangeDeleteCount = 0
    commit.columnFamilyIds.length = 0
    return commit
  }
}

function requireSame(segment: SegmentFact, index: SegmentIndex): void {
  const isSame =
    index.firstSequence === segment.firstSequence &&
    index.lastSequence === segment.lastSequence &&
    index.sizeBytes === segment.sizeBytes
  if (!isSame) throw new SegmentDamage(segment.path, 'its index is not the one that was there a moment ago')
}
