import { spanOf, type View } from './view.ts'

/** Columns as they are asked for: aligned, so that the same times are in the same column however the view was moved. */
export type BucketRange = {
  readonly fromUs: number
  readonly toUs: number
  readonly bucketUs: number
  readonly bucketCount: number
}

const columnPx = 7
const bucketCountMax = 2_000

/** The range for a view; the one before where it still serves, so that a moved view asks for nothing new. */
export function bucketRangeFor(view: View, widthPx: number, before: BucketRange | null): BucketRange {
  const span = spanOf(view)
  const bucketUs = roundWidth((span * columnPx) / Math.max(columnPx, widthPx))
  const isServed =
    before !== null && before.bucketUs === bucketUs && before.fromUs <= view.fromUs && before.toUs >= view.toUs
  if (isServed) return before
  const fromUs = Math.max(0, Math.floor((view.fromUs - span / 2) / bucketUs) * bucketUs)
  const count = Math.ceil((view.toUs + span / 2 - fromUs) / bucketUs)
  const bucketCount = Math.min(Math.max(count, 1), bucketCountMax)
  return { fromUs, toUs: fromUs + bucketCount * bucketUs, bucketUs, bucketCount }
}

/** 1, 2 or 5 times a power of ten, not less than what is asked for. */
function roundWidth(us: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, us)))
  const times = [1, 2, 5, 10].find((each) => each * power >= us) ?? 10
  return times * power
}
