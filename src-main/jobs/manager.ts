import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { ControlSwitch, StoppedError } from '#base/abort.ts'
import { AppError } from '#base/app-error.ts'
import { assert } from '#base/assert.ts'
import type { Clock } from '#base/clock.ts'
import { toErrorInfo } from '#base/error-info.ts'
import type { Job, JobEvent, JobKind, JobState } from '#contract'
import { addJob, jobById, jobsNewest, updateJob } from '../catalog/jobs.ts'
import type { WriteDatabase } from '../catalog/open.ts'
import { ChangeFeed } from './change-feed.ts'
import type { JobKindDefinition } from './job-kind.ts'
import { LeftRunningError } from './left-running-error.ts'
import { RunningJob } from './running-job.ts'

const PUBLISH_INTERVAL_MS = 250
/** a killed job still says how far it had come */
const KEEP_INTERVAL_MS = 4000
const SNAPSHOT_JOBS = 200
const OTHER_PROCESS_INTERVAL_MS = 100
const UNFINISHED: ReadonlySet<JobState> = new Set<JobState>(['queued', 'running', 'paused', 'stopping'])

/** Owns the jobs of this process: on record before they start, each change of state on record, watched by anyone. */
export class JobManager {
  readonly instanceId = randomUUID()
  readonly #database: WriteDatabase
  readonly #clock: Clock
  readonly #kinds = new Map<JobKind, JobKindDefinition<unknown>>()
  readonly #running = new Map<number, RunningJob>()
  readonly #feed = new ChangeFeed<number, JobEvent>()
  readonly #onFinished: (job: Job) => void
  readonly #timers: readonly NodeJS.Timeout[]
  #isClosing = false

  constructor(options: { database: WriteDatabase; clock: Clock; onFinished: (job: Job) => void }) {
    this.#database = options.database
    this.#clock = options.clock
    this.#onFinished = options.onFinished
    this.#timers = [
      setInterval(() => this.#publishProgress(), PUBLISH_INTERVAL_MS),
      setInterval(() => this.#keepProgress(), KEEP_INTERVAL_MS),
    ]
    for (const timer of this.#timers) timer.unref()
  }

  register<Input>(definition: JobKindDefinition<Input>): void {
    this.#kinds.set(definition.kind, definition as JobKindDefinition<unknown>)
  }

  /** Puts a job on record and starts it. */
  start(kind: JobKind, sourceId: number | null, input: unknown): Job {
    const createdAtUs = this.#clock.nowUs()
    const definition = this.#definition(kind)
    const about = { title: definition.title(input), sourceId, backupId: definition.backupIdOf(input) }
    const jobId = addJob(this.#database, { kind, ...about, input, createdAtUs, instanceId: this.instanceId })
    return this.#launch(jobId)
  }

  /** A job as it is now, its progress included. @throws AppError JOB_NOT_FOUND */
  get(jobId: number): Job {
    return this.#running.get(jobId)?.snapshot() ?? this.#record(jobId).job
  }

  /** Newest first. */
  list(limit: number): Job[] {
    return jobsNewest(this.#database, limit).map((job) => this.#running.get(job.jobId)?.snapshot() ?? job)
  }

  watch(signal: AbortSignal | undefined): AsyncGenerator<JobEvent, void> {
    return this.#feed.watch(() => ({ type: 'snapshot', jobs: this.list(SNAPSHOT_JOBS) }), signal)
  }

  /** Resolves with the job when it has come to its end, in this process or in the one that owns it. */
  async finished(jobId: number): Promise<Job> {
    await this.#running.get(jobId)?.ended
    let job = this.get(jobId)
    while (!this.#isClosing && UNFINISHED.has(job.state)) {
      await setTimeout(OTHER_PROCESS_INTERVAL_MS)
      if (!this.#isClosing) job = this.get(jobId)
    }
    return job
  }

  pause(jobId: number): Job {
    const running = this.#requireRunning(jobId)
    running.pause()
    return this.#keep(running)
  }

  /** Goes on with a paused job, or with what an interrupted or failed one left. */
  resume(jobId: number): Job {
    const running = this.#running.get(jobId)
    if (running !== undefined) {
      running.resume()
      return this.#keep(running)
    }
    const { job } = this.#record(jobId)
    if (!job.isResumable) throw notHereError(job)
    return this.#launch(jobId)
  }

  /** Stops a running job, or removes what an interrupted one left behind. */
  async cancel(jobId: number): Promise<Job> {
    const running = this.#running.get(jobId)
    if (running !== undefined) {
      running.cancel()
      return this.#keep(running)
    }
    const { job, input } = this.#record(jobId)
    const resume = this.#definition(job.kind).resume
    if (!job.isResumable || resume === null) throw notHereError(job)
    await resume.discard(input)
    const stopped: Job = { ...job, state: 'stopped', isResumable: false, finishedAtUs: this.#clock.nowUs() }
    this.#write(stopped)
    return stopped
  }

  /**
   * Ends this process's part: running jobs are asked to stop and left as interrupted, to be resumed by the next one.
   * The returned function waits for them.
   */
  close(): () => Promise<void> {
    this.#isClosing = true
    for (const timer of this.#timers) clearInterval(timer)
    const endings = [...this.#running.values()].map((running) => {
      running.interrupt()
      return running.ended
    })
    return async () => void (await Promise.all(endings))
  }

  #launch(jobId: number): Job {
    const { job, input } = this.#record(jobId)
    const definition = this.#definition(job.kind)
    const running = new RunningJob(job, new ControlSwitch(), this.#clock)
    this.#running.set(jobId, running)
    running.ended = this.#run(running, definition, input)
    return running.snapshot()
  }

  async #run(running: RunningJob, definition: JobKindDefinition<unknown>, input: unknown): Promise<void> {
    // the caller gets the queued job first
    await Promise.resolve()
    running.begin()
    try {
      this.#keep(running)
      running.succeed(await definition.run(running.context, input))
    } catch (thrown) {
      if (this.#isClosing) running.leaveInterrupted(definition.resume !== null)
      else if (thrown instanceof StoppedError)
        running.endStopped(thrown instanceof LeftRunningError ? thrown.result : null)
      else running.fail(toErrorInfo(thrown), definition.resume?.isResumable(thrown) ?? false)
    }
    const job = await this.#keepOutcome(running)
    this.#running.delete(running.jobId)
    if (!this.#isClosing) this.#onFinished(job)
  }

  #keepProgress(): void {
    for (const running of this.#running.values()) {
      const job = running.snapshot()
      try {
        updateJob(this.#database, job.jobId, { ...job, instanceId: this.instanceId })
      } catch {
        // a full disk must not end the job: its outcome is tried until it is kept
      }
    }
  }

  #publishProgress(): void {
    if (this.#feed.subscriberCount === 0) return
    for (const running of this.#running.values()) {
      this.#feed.publish(running.jobId, { type: 'changed', job: running.snapshot() })
    }
  }

  /** What a job did must not be lost because the catalogue's disk is full for a while: it is tried until it is kept. */
  async #keepOutcome(running: RunningJob): Promise<Job> {
    for (;;) {
      try {
        return this.#keep(running)
      } catch (cause) {
        const job = running.snapshot()
        if (this.#isClosing) return job
        this.#feed.publish(job.jobId, { type: 'changed', job: { ...job, error: job.error ?? toErrorInfo(cause) } })
        await setTimeout(OTHER_PROCESS_INTERVAL_MS)
      }
    }
  }

  #keep(running: RunningJob): Job {
    const job = running.snapshot()
    this.#write(job)
    return job
  }

  #write(job: Job): void {
    updateJob(this.#database, job.jobId, { ...job, instanceId: this.instanceId })
    this.#feed.publish(job.jobId, { type: 'changed', job })
  }

  #requireRunning(jobId: number): RunningJob {
    const running = this.#running.get(jobId)
    if (running === undefined) throw notHereError(this.#record(jobId).job)
    return running
  }

  #record(jobId: number): { job: Job; input: unknown } {
    const record = jobById(this.#database, jobId)
    if (record === null) {
      throw new AppError('JOB_NOT_FOUND', { message: 'no such job', subject: `job ${jobId}` })
    }
    return record
  }

  #definition(kind: JobKind): JobKindDefinition<unknown> {
    const definition = this.#kinds.get(kind)
    assert(definition !== undefined, `the kind ${kind} is registered`)
    return definition
  }
}

function notHereError(job: Job): AppError {
  if (['queued', 'running', 'paused', 'stopping'].includes(job.state)) {
    return new AppError('JOB_RUNNING', {
      message: 'the job runs in another Lifeboat process',
      subject: job.title,
      nextStep: 'Use the window or terminal that started it.',
    })
  }
  return new AppError('JOB_FINISHED', {
    message: `the job is not running; it is ${job.state}`,
    subject: job.title,
    nextStep: 'Start it anew.',
  })
}
