import { StoppedError } from '#base/abort.ts'
import type { JobResult } from '#contract'

/** Thrown by a job that was asked to stop and could not take back what it had begun: the result says what goes on. */
export class LeftRunningError extends StoppedError {
  readonly result: JobResult

  constructor(result: JobResult) {
    super('stopped waiting on request')
    this.result = result
  }
}
