import type { ErrorInfo, Source, SourceEvent } from '#contract'
import type { Connection } from './connection.svelte.ts'

const changeCodes: ReadonlySet<ErrorInfo['code']> = new Set<ErrorInfo['code']>([
  'BACKUP_NOT_FOUND',
  'PATH_NOT_FOUND',
  'NOT_A_DIRECTORY',
  'NOT_A_BACKUP_DIRECTORY',
  'ACCESS_DENIED',
  'SOURCE_CHANGED',
])

/** The opened repositories, as the core announces them. */
export class Sources {
  list = $state.raw<readonly Source[]>([])
  /** stale: the list is from before the line was lost */
  status = $state<'loading' | 'live' | 'stale'>('loading')
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  start(signal: AbortSignal): void {
    this.#connection.follow(signal, async (client) => {
      try {
        for await (const event of await client.sources.watch()) this.#take(event)
      } finally {
        if (this.status === 'live') this.status = 'stale'
      }
    })
  }

  /** null is the repository of a job that has none. */
  find(sourceId: number | null): Source | null {
    return this.list.find((source) => source.sourceId === sourceId) ?? null
  }

  open(path: string): Promise<Source> {
    return this.#connection.call((client) => client.sources.open({ path }))
  }

  refresh(sourceId: number): Promise<Source> {
    return this.#connection.call((client) => client.sources.refresh({ sourceId }))
  }

  /** Has the core notice what changed on the disks meanwhile; a source that is gone says so in its own state. */
  async lookAgain(): Promise<void> {
    await Promise.allSettled(this.list.map(({ sourceId }) => this.refresh(sourceId)))
  }

  /** Looks again when an error says that the repository is not what it was. */
  async lookAgainAfter(sourceId: number, { code }: ErrorInfo): Promise<void> {
    if (!changeCodes.has(code)) return
    // a source that cannot be looked at says so in its own state
    await this.refresh(sourceId).catch(() => {})
  }

  async forget(sourceId: number): Promise<void> {
    await this.#connection.call((client) => client.sources.forget({ sourceId }))
  }

  #take(event: SourceEvent): void {
    if (event.type === 'snapshot') {
      this.list = event.sources
      this.status = 'live'
      void this.lookAgain()
    } else if (event.type === 'forgotten') {
      this.list = this.list.filter((source) => source.sourceId !== event.sourceId)
    } else {
      const isKnown = this.list.some((source) => source.sourceId === event.source.sourceId)
      this.list = isKnown
        ? this.list.map((source) => (source.sourceId === event.source.sourceId ? event.source : source))
        : [...this.list, event.source]
    }
  }
}
