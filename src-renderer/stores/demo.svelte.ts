import type { Connection } from './connection.svelte.ts'
import type { Jobs, LiveJob } from './jobs.svelte.ts'

/** The demo: started here or by another page, and where it is now. */
export class Demo {
  /** Asked for on this page, so that its end may take the person to it. */
  wantedJobId = $state<number | null>(null)
  /** It was asked for while there was nothing else: the first page stays until it is there. */
  beganEmpty = $state(false)
  readonly #connection: Connection
  readonly #jobs: Jobs
  /** what is at work now, or else what was asked for here and failed */
  live: LiveJob | null = $derived.by(() => this.#shown())

  constructor(connection: Connection, jobs: Jobs) {
    this.#connection = connection
    this.#jobs = jobs
  }

  /** Starts it, or finds the one that runs; answers with its server when it is there already. */
  async start(isEmpty: boolean): Promise<number | null> {
    this.beganEmpty = isEmpty
    const { jobId } = await this.#connection.call((client) => client.servers.startDemo())
    this.wantedJobId = jobId
    const job = await this.#connection.call((client) => client.jobs.get({ jobId }))
    return job.result?.kind === 'demo' ? job.result.serverId : null
  }

  /** Its failure was seen. */
  close(): void {
    this.wantedJobId = null
  }

  #shown(): LiveJob | null {
    const active = this.#jobs.active.find(({ job }) => job.kind === 'demo')
    if (active !== undefined) return active
    const wanted = this.wantedJobId === null ? null : this.#jobs.find(this.wantedJobId)
    return wanted?.job.error == null ? null : wanted
  }
}
