import { SvelteMap } from 'svelte/reactivity'
import type { Client } from '../api/client.ts'
import type { Connection } from './connection.svelte.ts'
import { type BackupInstant, instantKey, stateOf } from './instants.ts'
import type { Jobs, LiveJob } from './jobs.svelte.ts'

/** Work on states that was asked for on this page, so that it is found again when a person comes back to it. */
export class StateJobs {
  readonly #jobIds = new SvelteMap<string, number>()
  readonly #watchedIds = new Set<number>()
  readonly #connection: Connection
  readonly #jobs: Jobs

  constructor(connection: Connection, jobs: Jobs) {
    this.#connection = connection
    this.#jobs = jobs
  }

  count(instant: BackupInstant): StateJob {
    return this.#job(`count ${instantKey(instant)}`, (client) =>
      client.data.count({ state: stateOf(instant), columnFamilyId: null }),
    )
  }

  /** Looks through all commits of a backup. */
  findAccidents(instant: BackupInstant): StateJob {
    return this.#job(`accidents ${instantKey(instant)}`, (client) =>
      client.commits.findAccidents({ state: stateOf(instant) }),
    )
  }

  compare(left: BackupInstant, right: BackupInstant): StateJob {
    return this.#job(`compare ${instantKey(left)} ${instantKey(right)}`, (client) =>
      client.compare.start({ left: stateOf(left), right: stateOf(right) }),
    )
  }

  /** Notes that the job is in view until the returned function is called. */
  watch(jobId: number): () => void {
    this.#watchedIds.add(jobId)
    return () => this.#watchedIds.delete(jobId)
  }

  /** What ends in view needs no notice. */
  isWatched(jobId: number): boolean {
    return this.#watchedIds.has(jobId)
  }

  #job(key: string, ask: (client: Client) => Promise<{ jobId: number }>): StateJob {
    const jobId = this.#jobIds.get(key) ?? null
    return {
      live: jobId === null ? null : this.#jobs.find(jobId),
      jobId,
      start: async () => {
        const started = await this.#connection.call(ask)
        this.#jobIds.set(key, started.jobId)
      },
    }
  }
}

export type StateJob = {
  /** null: nothing was heard of it */
  readonly live: LiveJob | null
  /** null: it was not asked for */
  readonly jobId: number | null
  readonly start: () => Promise<void>
}
