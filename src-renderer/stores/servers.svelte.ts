import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import type { PrunedBackup, Server, ServerBackupList, ServerEvent, VerificationLevel } from '#contract'
import type { Client } from '../api/client.ts'
import type { Connection } from './connection.svelte.ts'

export type NewServer = Parameters<Client['servers']['add']>[0]
export type BackupKind = 'full' | 'incremental'

/** The added servers, as the core announces them, and what can be asked of them. */
export class Servers {
  list = $state.raw<readonly Server[]>([])
  /** stale: the list is from before the line was lost */
  status = $state<'loading' | 'live' | 'stale'>('loading')
  readonly #connection: Connection
  /** Which server a job is of: a job itself says so only in its result. */
  readonly #serverOfJob = new SvelteMap<number, number>()

  readonly #closedOutcomes = new SvelteSet<number>()
  /** Grows when this page did what makes lists old: asked a server anew, or had backups removed. */
  revision = $state(0)

  constructor(connection: Connection) {
    this.#connection = connection
  }

  start(signal: AbortSignal): void {
    this.#connection.follow(signal, async (client) => {
      try {
        for await (const event of await client.servers.watch()) this.#take(event)
      } finally {
        if (this.status === 'live') this.status = 'stale'
      }
    })
  }

  find(serverId: number): Server | null {
    return this.list.find((server) => server.serverId === serverId) ?? null
  }

  /** The server that a job works on, as far as this page heard of it. */
  ofJob(jobId: number): number | null {
    return this.#serverOfJob.get(jobId) ?? null
  }

  /** Whether what came of a job was seen, and put away. */
  isOutcomeClosed(jobId: number): boolean {
    return this.#closedOutcomes.has(jobId)
  }

  closeOutcome(jobId: number): void {
    this.#closedOutcomes.add(jobId)
  }

  async add(server: NewServer): Promise<Server> {
    const added = await this.#connection.call((client) => client.servers.add(server))
    this.#take({ type: 'changed', server: added })
    return added
  }

  logIn(serverId: number, password: string): Promise<Server> {
    return this.#connection.call((client) => client.servers.logIn({ serverId, password }))
  }

  async refresh(serverId: number): Promise<void> {
    await this.#connection.call((client) => client.servers.refresh({ serverId }))
    this.revision += 1
  }

  async forget(serverId: number): Promise<void> {
    await this.#connection.call((client) => client.servers.forget({ serverId }))
  }

  /** The backups as the server lists them; reads them anew where it can be asked. */
  backups(serverId: number): Promise<ServerBackupList> {
    return this.#connection.call((client) => client.servers.backups({ serverId }))
  }

  /** @param kind null: the server's own choice */
  create(serverId: number, kind: BackupKind | null, label: string | null): Promise<number> {
    return this.#started(serverId, (client) => client.servers.create({ serverId, kind, label }))
  }

  /** @param level null: the server's own choice */
  verify(serverId: number, id: string, level: VerificationLevel | null): Promise<number> {
    return this.#started(serverId, (client) => client.servers.verify({ serverId, id, level }))
  }

  async prunePreview(serverId: number): Promise<readonly PrunedBackup[]> {
    return (await this.#connection.call((client) => client.servers.prunePreview({ serverId }))).pruned
  }

  async prune(serverId: number, expectedIds: string[]): Promise<readonly PrunedBackup[]> {
    try {
      return (await this.#connection.call((client) => client.servers.prune({ serverId, expectedIds }))).pruned
    } finally {
      // also when it failed: something may be gone
      this.revision += 1
    }
  }

  async #started(serverId: number, ask: (client: Client) => Promise<{ jobId: number }>): Promise<number> {
    const { jobId } = await this.#connection.call(ask)
    this.#serverOfJob.set(jobId, serverId)
    return jobId
  }

  #take(event: ServerEvent): void {
    if (event.type === 'snapshot') {
      this.list = event.servers
      this.status = 'live'
      for (const server of event.servers) this.#noteJob(server)
    } else if (event.type === 'forgotten') {
      this.list = this.list.filter(({ serverId }) => serverId !== event.serverId)
    } else {
      this.#noteJob(event.server)
      const isKnown = this.list.some(({ serverId }) => serverId === event.server.serverId)
      this.list = isKnown
        ? this.list.map((server) => (server.serverId === event.server.serverId ? event.server : server))
        : [...this.list, event.server]
    }
  }

  #noteJob({ serverId, jobId }: Server): void {
    if (jobId !== null) this.#serverOfJob.set(jobId, serverId)
  }
}
