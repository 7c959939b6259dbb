import { untrack } from 'svelte'
import { SvelteMap } from 'svelte/reactivity'
import type { Backup, Source } from '#contract'
import type { Backups } from './backups.ts'
import type { Connection } from './connection.svelte.ts'
import type { Jobs } from './jobs.svelte.ts'
import { Load } from './load.svelte.ts'
import type { Sources } from './sources.svelte.ts'

/** The backups of every opened repository, newest first, loaded again whenever they may have changed. */
export class BackupLists {
  readonly #loads = new SvelteMap<number, Load<Backup[]>>()
  readonly #loadedRevisions = new Map<number, string>()
  readonly #connection: Connection
  readonly #sources: Sources
  readonly #jobs: Jobs
  readonly #backups: Backups

  constructor(stores: { connection: Connection; sources: Sources; jobs: Jobs; backups: Backups }) {
    this.#connection = stores.connection
    this.#sources = stores.sources
    this.#jobs = stores.jobs
    this.#backups = stores.backups
  }

  start(signal: AbortSignal): void {
    const stop = $effect.root(() => {
      $effect(() => {
        for (const source of this.#sources.list) this.#loadIfChanged(source, this.revision(source.sourceId))
      })
    })
    signal.addEventListener('abort', stop, { once: true })
  }

  /** null: the repository is not known, or not yet. */
  of(sourceId: number): Load<Backup[]> | null {
    return this.#loads.get(sourceId) ?? null
  }

  /** Another text whenever what was loaded of the repository is old: it was indexed, a job on it ended, the line was new. */
  revision(sourceId: number): string {
    const source = this.#sources.find(sourceId)
    const finishedAtUs = this.#jobs.lastFinishedAtUs(sourceId)
    return [source?.state, source?.indexedAtUs, finishedAtUs, this.#connection.lineCount].join(' ')
  }

  #loadIfChanged({ sourceId }: Source, revision: string): void {
    if (this.#loadedRevisions.get(sourceId) === revision) return
    this.#loadedRevisions.set(sourceId, revision)
    untrack(() => {
      const load = this.#loads.get(sourceId) ?? new Load<Backup[]>()
      this.#loads.set(sourceId, load)
      void load.run(() => this.#backups.list(sourceId))
    })
  }
}
