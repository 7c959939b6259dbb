import type { ControlSwitch } from '#base/abort.ts'
import type { Clock } from '#base/clock.ts'
import type { ErrorInfo, Job, JobResult, Progress } from '#contract'
import type { JobContext } from './job-kind.ts'

/** A job of this process between its start and its end: the only place where its state changes. */
export class RunningJob {
  readonly jobId: number
  readonly context: JobContext
  ended: Promise<void> = Promise.resolve()
  readonly #clock: Clock
  readonly #control: ControlSwitch
  #job: Job
  #readProgress: (() => Progress) | null = null
  #activeSinceUs: number | null = null
  #isCancelled = false

  constructor(job: Job, control: ControlSwitch, clock: Clock) {
    this.jobId = job.jobId
    this.#clock = clock
    this.#control = control
    this.#job = { ...job, state: 'queued', error: null, result: null, finishedAtUs: null, isResumable: false }
    this.context = {
      jobId: job.jobId,
      control,
      isResumed: job.startedAtUs !== null,
      trackProgress: (read) => {
        this.#readProgress = read
      },
      wasCancelled: () => this.#isCancelled,
    }
  }

  snapshot(): Job {
    return { ...this.#job, progress: this.#readProgress?.() ?? this.#job.progress, activeUs: this.#activeUs() }
  }

  begin(): void {
    if (this.#isCancelled) return
    this.#activeSinceUs = this.#clock.monotonicUs()
    this.#job = { ...this.#job, state: 'running', startedAtUs: this.#job.startedAtUs ?? this.#clock.nowUs() }
  }

  pause(): void {
    if (this.#job.state !== 'running') return
    this.#control.pause()
    this.#job = { ...this.#job, state: 'paused', activeUs: this.#activeUs() }
    this.#activeSinceUs = null
  }

  resume(): void {
    if (this.#job.state !== 'paused') return
    this.#control.resume()
    this.#activeSinceUs = this.#clock.monotonicUs()
    this.#job = { ...this.#job, state: 'running' }
  }

  cancel(): void {
    this.#isCancelled = true
    this.#job = { ...this.#job, state: 'stopping' }
    this.#control.stop()
  }

  /** The program ends: the job function stops, what it wrote stays. */
  interrupt(): void {
    this.#control.stop()
  }

  succeed(result: JobResult): void {
    this.#finish({ state: 'succeeded', result })
  }

  /** @param result what it left running; null: nothing */
  endStopped(result: JobResult | null): void {
    this.#finish({ state: 'stopped', result })
  }

  fail(error: ErrorInfo, isResumable: boolean): void {
    this.#finish({ state: 'failed', error, isResumable })
  }

  leaveInterrupted(isResumable: boolean): void {
    this.#finish({ state: 'interrupted', isResumable })
  }

  #finish(end: Partial<Job>): void {
    const progress = this.#readProgress?.() ?? this.#job.progress
    this.#job = { ...this.#job, ...end, progress, activeUs: this.#activeUs(), finishedAtUs: this.#clock.nowUs() }
    this.#readProgress = null
    this.#activeSinceUs = null
  }

  #activeUs(): number {
    const runningUs = this.#activeSinceUs === null ? 0 : this.#clock.monotonicUs() - this.#activeSinceUs
    return this.#job.activeUs + runningUs
  }
}
