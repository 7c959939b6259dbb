import type { ActivityBucket } from '#contract'
import { type View, xOf } from './view.ts'

/** The columns of activity as two outlines: what was written, and in it the part that was deleted. */
export type Columns = { readonly written: string; readonly deleted: string; readonly count: number }

const gapPx = 1

/**
 * Draws the buckets in view between two heights. Heights follow the logarithm of the number of operations: one commit
 * that deletes a million rows must not make all others vanish. Deletions have their share of the column, from below.
 */
export function columnsOf(
  buckets: readonly ActivityBucket[],
  view: View,
  widthPx: number,
  topPx: number,
  basePx: number,
): Columns {
  const shown = buckets.filter(
    (bucket) => bucket.toUs > view.fromUs && bucket.fromUs < view.toUs && operations(bucket) > 0,
  )
  const largest = Math.max(1, ...shown.map(operations))
  let written = ''
  let deleted = ''
  for (const bucket of shown) {
    const left = Math.max(0, xOf(view, widthPx, bucket.fromUs))
    const right = Math.min(widthPx, xOf(view, widthPx, bucket.toUs))
    const width = Math.max(1, right - left - gapPx)
    const height = heightOf(operations(bucket), largest, basePx - topPx)
    const deletedHeight = bucket.deleteCount === 0 ? 0 : Math.max(2, (height * bucket.deleteCount) / operations(bucket))
    written += box(left, basePx - height, width, height - deletedHeight)
    deleted += box(left, basePx - deletedHeight, width, deletedHeight)
  }
  return { written, deleted, count: shown.length }
}

/** The bucket that an instant is in; null: none, or nothing was written in it. */
export function bucketAt(buckets: readonly ActivityBucket[], timeUs: number): ActivityBucket | null {
  const found = buckets.find((bucket) => bucket.fromUs <= timeUs && timeUs < bucket.toUs)
  return found === undefined || operations(found) === 0 ? null : found
}

/** A commit that changed nothing is activity, too. */
function operations({ putCount, deleteCount, commitCount }: ActivityBucket): number {
  return Math.max(commitCount, putCount + deleteCount)
}

function heightOf(count: number, largest: number, roomPx: number): number {
  const lowest = 4
  return lowest + ((roomPx - lowest) * Math.log1p(count)) / Math.log1p(largest)
}

function box(x: number, y: number, width: number, height: number): string {
  return height <= 0 ? '' : `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${round(-width)}z`
}

function round(px: number): number {
  return Math.round(px * 10) / 10
}
