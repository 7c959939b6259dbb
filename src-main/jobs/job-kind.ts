import type { ControlSwitch } from '#base/abort.ts'
import type { JobKind, JobResult, Progress } from '#contract'

/** What a job function gets to work with. It knows neither SQL nor the screen. */
export type JobContext = {
  /** for showing which job works on something; a function does not look its job up */
  readonly jobId: number
  readonly control: ControlSwitch
  /** an earlier run of this job was interrupted or failed */
  readonly isResumed: boolean
  /** Tells how to read the progress; asked at most four times a second, so it must be cheap. */
  trackProgress(read: () => Progress): void
  /** true when a person cancelled; false when the program ends and the work should be resumable */
  wasCancelled(): boolean
}

/**
 * A kind of job. What the function did is the outcome: returned is succeeded, even after a late cancel; thrown
 * StoppedError is stopped; thrown anything else is failed.
 */
export type JobKindDefinition<Input> = {
  readonly kind: JobKind
  title(input: Input): string
  /** the backup it concerns, when it is a single one */
  backupIdOf(input: Input): number | null
  run(context: JobContext, input: Input): Promise<JobResult>
  /** For kinds that can go on after an interruption: whether this failure left something to go on with. */
  readonly resume: {
    isResumable(thrown: unknown): boolean
    /** Removes what an interrupted run left behind. */
    discard(input: Input): Promise<void>
  } | null
}
