import type { Job, JobEvent } from '#contract'
import type { Client } from '../api/client.ts'
import { type Estimate, RateMeter } from '../base/progress.ts'
import type { Connection } from './connection.svelte.ts'

/** A job with what its counters say about speed and end. */
export type LiveJob = { readonly job: Job; readonly estimate: Estimate | null }

const keptJobCount = 500

/** The jobs, newest first, as the core announces them; rates and times left are computed here. */
export class Jobs {
  list = $state.raw<readonly LiveJob[]>([])
  status = $state<'loading' | 'live' | 'stale'>('loading')
  /** Told of every job that ends while this page lives. */
  onEnded: (job: Job) => void = () => {}
  /** Jobs at work now. */
  active = $derived(this.list.filter(({ job }) => isActive(job)))
  readonly #connection: Connection
  readonly #meters = new Map<number, RateMeter>()
  readonly #nowMs: () => number

  constructor(connection: Connection, nowMs: () => number) {
    this.#connection = connection
    this.#nowMs = nowMs
  }

  start(signal: AbortSignal): void {
    this.#connection.follow(signal, async (client) => {
      try {
        for await (const event of await client.jobs.watch()) this.#take(event)
      } finally {
        if (this.status === 'live') this.status = 'stale'
      }
    })
  }

  find(jobId: number): LiveJob | null {
    return this.list.find(({ job }) => job.jobId === jobId) ?? null
  }

  /** When the last job on this source ended, 0 for never: what was shown of the source may be old then. */
  lastFinishedAtUs(sourceId: number): number {
    return this.list.reduce(
      (last, { job }) => (job.sourceId === sourceId ? Math.max(last, job.finishedAtUs ?? 0) : last),
      0,
    )
  }

  pause(jobId: number): Promise<void> {
    return this.#ask((client) => client.jobs.pause({ jobId }))
  }

  resume(jobId: number): Promise<void> {
    return this.#ask((client) => client.jobs.resume({ jobId }))
  }

  cancel(jobId: number): Promise<void> {
    return this.#ask((client) => client.jobs.cancel({ jobId }))
  }

  async #ask(run: (client: Client) => Promise<Job>): Promise<void> {
    this.#take({ type: 'changed', job: await this.#connection.call(run) })
  }

  #take(event: JobEvent): void {
    if (event.type === 'snapshot') {
      const ended = event.jobs.filter((job) => !isActive(job) && this.#wasActive(job.jobId) === true)
      this.list = event.jobs.map((job) => this.#liveJob(job))
      this.status = 'live'
      for (const job of ended) this.onEnded(job)
      return
    }
    const hasEnded = !isActive(event.job) && this.#wasActive(event.job.jobId) !== false
    const changed = this.#liveJob(event.job)
    const rest = this.list.filter(({ job }) => job.jobId !== event.job.jobId)
    const at = rest.findIndex(({ job }) => job.jobId < event.job.jobId)
    this.list = rest.toSpliced(at < 0 ? rest.length : at, 0, changed).slice(0, keptJobCount)
    if (hasEnded) this.onEnded(event.job)
  }

  /** null: it was not known. */
  #wasActive(jobId: number): boolean | null {
    const live = this.find(jobId)
    return live === null ? null : isActive(live.job)
  }

  #liveJob(job: Job): LiveJob {
    if (job.state !== 'running' || job.progress === null) {
      this.#meters.delete(job.jobId)
      return { job, estimate: null }
    }
    const meter = this.#meters.get(job.jobId) ?? new RateMeter()
    this.#meters.set(job.jobId, meter)
    return { job, estimate: meter.observe(job.progress, this.#nowMs()) }
  }
}

function isActive(job: Job): boolean {
  return job.state === 'queued' || job.state === 'running' || job.state === 'paused' || job.state === 'stopping'
}
