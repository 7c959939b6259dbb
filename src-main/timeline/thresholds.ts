/** What counts as an accident. Every number can be replaced: servers differ. */
export type AccidentThresholds = {
  /** rows that a run of commits deletes; below it a person puts things right by hand */
  readonly deletesMin: number
  /** nodes of one label that a run of commits writes or deletes */
  readonly labelRowsMin: number
  /** share of a commit's labelled nodes that one label must have: a mixed commit is no statement about one label */
  readonly labelShareMin: number
  /** a commit is remarkable from so many times the usual amount on: daily rhythm stays below it */
  readonly usualFactor: number
  /** what a commit may do without being remarkable, where usual is nothing at all: less than one row */
  readonly rowsAllowed: number
  /** share of a run that must be beyond the allowance: a drift that is hardly remarkable is none */
  readonly excessShareMin: number
  /** usual rows of a commit before any was seen; a handful, so that the first commits are no accident */
  readonly usualRowsAtStart: number
  /** commits at the start from which usual is learnt at once, a run among them or not */
  readonly startCommits: number
  /** most that is learnt so: a history may also start with the accident */
  readonly usualRowsAtStartMax: number
  /** commits after which half of what is usual is learnt anew: a busy minute, a quiet hour */
  readonly usualHalfLifeCommits: number
  /** so many times slower is learnt within a run: longer than a DELETE in batches takes */
  readonly runLearningSlowness: number
  /** commits further apart are not one action: a client that deletes in batches does not pause so long */
  readonly runGapUs: number
  /** the same where times are not known */
  readonly runGapCommits: number
  /** a commit below this share of the run's largest one is other people's work beside it */
  readonly significantShare: number
  /** long enough to smooth single commits, short enough to point at a moment */
  readonly bucketUs: number
  /** buckets with commits that tell what is usual: ten minutes of a busy server */
  readonly trailingBuckets: number
  /** fewer of them tell nothing */
  readonly trailingBucketsMin: number
  /** operations and bytes of a bucket that are never unusual, however quiet it was before */
  readonly bucketOperationsMin: number
  readonly bucketBytesMin: number
  /** standard deviations above the median (1.48 MAD each); in a normal distribution it never happens */
  readonly rateDeviations: number
  /** and so many times the median, for histories that hardly vary */
  readonly rateFactor: number
}

export const DEFAULT_THRESHOLDS: AccidentThresholds = {
  deletesMin: 1000,
  labelRowsMin: 1000,
  labelShareMin: 0.8,
  usualFactor: 4,
  rowsAllowed: 0.25,
  excessShareMin: 0.25,
  usualRowsAtStart: 2,
  startCommits: 100,
  usualRowsAtStartMax: 25,
  usualHalfLifeCommits: 1024,
  runLearningSlowness: 64,
  runGapUs: 30_000_000,
  runGapCommits: 64,
  significantShare: 0.05,
  bucketUs: 10_000_000,
  trailingBuckets: 60,
  trailingBucketsMin: 12,
  bucketOperationsMin: 1000,
  bucketBytesMin: 4 * 1024 * 1024,
  rateDeviations: 8,
  rateFactor: 4,
}
