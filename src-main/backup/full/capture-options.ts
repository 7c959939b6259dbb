/** The steps of a capture, in the numbers of docs/formats/rocksdb.md §8.2. */
export type CaptureStep =
  | '1 list logs'
  | '1 open logs'
  | '2 read MANIFEST'
  | '3 open tables'
  | '4 list logs'
  | '4 open logs'
  | '5 read MANIFEST again'
  | '6 read logs'
  | '8 read CURRENT'

export type CaptureOptions = {
  readonly attemptsMax?: number | undefined
  /** holds the writes of a cooperating server back while files are opened and measured; then the state is that moment's */
  readonly freeze?: (<Result>(run: () => Result) => Result) | undefined
  /** the last sequence of the commit that the state ends with; null or absent: the last whole commit in the files */
  readonly upToSequence?: number | null | undefined
  /** called between steps and while logs are read: may throw to stop */
  readonly checkpoint?: (() => void) | undefined
  /** called before each step, for whoever watches */
  readonly onStep?: ((step: CaptureStep) => void) | undefined
}
