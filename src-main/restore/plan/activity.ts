import { assert } from '#base/assert.ts'
import type { ActivityBucket } from '../../contract/recovery.ts'
import type { BackupDirectory } from '../../repository/backup-directory.ts'
import { ArchiveCommits } from './archive-commits.ts'
import { SegmentDamage, type WalkedCommit } from './commit-lookup.ts'
import { readArchiveFacts } from './read-facts.ts'
import { requireTimeline } from './require-timeline.ts'
import { trackOf } from './track.ts'

/**
 * What was written on a timeline and those that it comes from, in equal stretches of time. A commit counts where its
 * time lies, whatever its sequence; one without a time counts with the one before it. Segments that are damaged count nothing.
 * @param timeline null: the current one
 * @param fromUs inclusive
 * @param toUs exclusive
 * @throws AppError BAD_REQUEST for a timeline that is not there; DamageError
 */
export function readActivity(
  directory: BackupDirectory,
  timeline: string | null,
  fromUs: number,
  toUs: number,
  bucketCount: number,
): ActivityBucket[] {
  assert(bucketCount >= 1, 'activity is counted in one bucket at least')
  const facts = readArchiveFacts(directory)
  const track = trackOf(facts, requireTimeline(facts, timeline))
  const commits = new ArchiveCommits(directory)
  const counts = new BucketCounts(fromUs, toUs, bucketCount)
  for (const { segment, firstSequence, lastSequence } of track.segments) {
    const range = { afterSequence: firstSequence - 1, untilSequence: lastSequence }
    try {
      commits.walk(segment, range, (commit) => counts.add(commit))
    } catch (cause) {
      if (!(cause instanceof SegmentDamage)) throw cause
    }
  }
  return counts.buckets
}

class BucketCounts {
  readonly buckets: ActivityBucket[]
  readonly #fromUs: number
  readonly #toUs: number
  #lastTimeUs = -1

  constructor(fromUs: number, toUs: number, bucketCount: number) {
    this.#fromUs = fromUs
    this.#toUs = toUs
    const border = (index: number) => fromUs + Math.floor(((toUs - fromUs) * index) / bucketCount)
    this.buckets = Array.from({ length: Math.max(0, toUs > fromUs ? bucketCount : 0) }, (_, index) => {
      const times = { fromUs: border(index), toUs: border(index + 1) }
      return { ...times, commitCount: 0, putCount: 0, deleteCount: 0, sizeBytes: 0 }
    })
  }

  add({ committedAtUs, putCount, deleteCount, rangeDeleteCount, sizeBytes }: WalkedCommit): undefined {
    const timeUs = committedAtUs ?? this.#lastTimeUs
    this.#lastTimeUs = timeUs
    if (timeUs < this.#fromUs || timeUs >= this.#toUs) return
    const bucket = this.buckets[this.#indexOf(timeUs)]
    assert(bucket !== undefined, 'a time within the range has a bucket')
    bucket.commitCount += 1
    bucket.putCount += putCount
    bucket.deleteCount += deleteCount + rangeDeleteCount
    bucket.sizeBytes += sizeBytes
  }

  /** Borders are rounded down: the quotient may lie one beside. */
  #indexOf(timeUs: number): number {
    const { buckets } = this
    const share = (timeUs - this.#fromUs) / (this.#toUs - this.#fromUs)
    let index = Math.min(buckets.length - 1, Math.floor(share * buckets.length))
    while ((buckets[index]?.toUs ?? Infinity) <= timeUs) index += 1
    while ((buckets[index]?.fromUs ?? 0) > timeUs) index -= 1
    return index
  }
}
