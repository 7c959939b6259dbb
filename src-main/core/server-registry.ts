import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import type { PrunedBackup, SentCommand, Server, ServerBackupList, ServerEvent } from '#contract'
import type { NewServerOrder } from '../api/services.ts'
import type { WriteDatabase } from '../catalog/open.ts'
import { sentCommandsNewest } from '../catalog/sent-commands.ts'
import {
  forgetEndedDemos,
  forgetServer,
  keepServerFacts,
  noteServer,
  type ServerFacts,
  type ServerRecord,
  serverBackupList,
  serverFacts,
  serversAdded,
  setNeedsPassword,
  setServerSource,
} from '../catalog/servers.ts'
import { ChangeFeed } from '../jobs/change-feed.ts'
import { ServerAudit } from './server-audit.ts'
import { checkAuthorities } from './server-authorities.ts'
import { serverNotFound } from './server-errors.ts'
import { keptPart } from './server-facts.ts'
import { ServerLink } from './server-link.ts'
import { previewPrune, pruneServer } from './server-prune.ts'
import { defaultServerTimings, type ServerTimings } from './server-timings.ts'

const KEEP_INTERVAL_US = 30_000_000

/** The added servers: added, asked again and again, forgotten, watched. Asks none before somebody wants to know of them. */
export class ServerRegistry {
  readonly audit: ServerAudit
  readonly timings: ServerTimings
  readonly #database: WriteDatabase
  readonly #clock: Clock
  readonly #feed = new ChangeFeed<number, ServerEvent>()
  readonly #links = new Map<number, ServerLink>()
  readonly #keptAtUs = new Map<number, number>()
  #isFirstLook = true
  #isClosed = false

  constructor(options: { database: WriteDatabase; clock: Clock; timings?: Partial<ServerTimings> | undefined }) {
    this.#database = options.database
    this.#clock = options.clock
    this.timings = { ...defaultServerTimings, ...options.timings }
    this.audit = new ServerAudit(options)
  }

  list(): Server[] {
    return this.#synced().map((link) => link.snapshot())
  }

  watch(signal: AbortSignal | undefined): AsyncGenerator<ServerEvent, void> {
    const snapshot = (): ServerEvent => {
      const links = this.#synced()
      // from now on it is watched: what comes next comes sooner
      for (const link of links) link.wake()
      return { type: 'snapshot', servers: links.map((link) => link.snapshot()) }
    }
    return this.#feed.watch(snapshot, signal)
  }

  /** @throws AppError BAD_REQUEST for authorities that are none */
  async add({ name, host, port, userName, password, tls }: NewServerOrder): Promise<Server> {
    if (tls !== null && tls.caPem !== null) checkAuthorities(tls.caPem)
    return this.#added(
      {
        name: name ?? `${host}:${port}`,
        host,
        port,
        userName,
        needsPassword: password !== null,
        isTls: tls !== null,
        caPem: tls?.caPem ?? null,
        demoInstanceId: null,
      },
      password,
    )
  }

  /** The sandbox of a demo, which ends with the process of this instance. */
  addDemo(order: { name: string; host: string; port: number; demoInstanceId: string }): Promise<Server> {
    return this.#added({ ...order, userName: null, needsPassword: false, isTls: false, caPem: null }, null)
  }

  async logIn(serverId: number, password: string): Promise<Server> {
    const link = this.link(serverId)
    setNeedsPassword(this.#database, serverId)
    link.renew({ ...link.record, needsPassword: true }, password)
    await link.refresh()
    return link.snapshot()
  }

  /** Nothing is sent to it; what was sent stays on record. */
  forget(serverId: number): void {
    const link = this.link(serverId)
    this.#drop(link)
    forgetServer(this.#database, serverId)
    this.#feed.publish(serverId, { type: 'forgotten', serverId })
  }

  /** The sandboxes of an instance have ended, or are about to. */
  forgetDemos(instanceId: string): void {
    if (this.#isClosed) return
    for (const { record } of this.#synced()) if (record.demoInstanceId === instanceId) this.forget(record.serverId)
  }

  async refresh(serverId: number): Promise<Server> {
    const link = this.link(serverId)
    await link.refresh()
    return link.snapshot()
  }

  async backups(serverId: number): Promise<ServerBackupList> {
    const link = this.link(serverId)
    await link.refresh()
    const known = link.list ?? serverBackupList(this.#database, serverId)
    return known ?? { backups: [], readAtUs: null, warnings: [], rawReply: null }
  }

  prunePreview(serverId: number): Promise<PrunedBackup[]> {
    return previewPrune(this.link(serverId))
  }

  /** @throws AppError SOURCE_CHANGED when it would be something else by now; then nothing was sent */
  prune(serverId: number, expectedIds: readonly string[]): Promise<PrunedBackup[]> {
    return pruneServer(this.link(serverId), this.audit, expectedIds)
  }

  sentCommands(serverId: number | null, limit: number): SentCommand[] {
    return sentCommandsNewest(this.#database, serverId, limit)
  }

  setSource(serverId: number, sourceId: number): void {
    setServerSource(this.#database, serverId, sourceId)
    this.link(serverId).setSource(sourceId)
  }

  /** @throws AppError SERVER_NOT_FOUND */
  link(serverId: number): ServerLink {
    const link = this.#links.get(serverId) ?? this.#synced().find(({ record }) => record.serverId === serverId)
    if (link === undefined) throw serverNotFound(serverId)
    return link
  }

  /** Nothing is asked any more. */
  close(): void {
    this.#isClosed = true
    for (const link of this.#links.values()) {
      link.close()
      this.#keep(link.record.serverId, link.snapshot(), null)
    }
    this.audit.close()
  }

  async #added(server: Omit<Parameters<typeof noteServer>[1], 'addedAtUs'>, password: string | null): Promise<Server> {
    const record = noteServer(this.#database, { ...server, addedAtUs: this.#clock.nowUs() })
    const known = this.#links.get(record.serverId)
    if (known === undefined) this.#connect(record, password)
    else known.renew(record, password)
    const link = this.link(record.serverId)
    await link.refresh()
    return link.snapshot()
  }

  /** The links of all servers on record, in their order: other processes add and forget some, too. */
  #synced(): ServerLink[] {
    if (this.#isClosed) throw new AppError('STOPPED', { message: 'Lifeboat is closing' })
    if (this.#isFirstLook) forgetEndedDemos(this.#database)
    this.#isFirstLook = false
    const records = serversAdded(this.#database)
    const known = new Set(records.map(({ serverId }) => serverId))
    for (const link of this.#links.values()) if (!known.has(link.record.serverId)) this.#drop(link)
    return records.map((record) => this.#links.get(record.serverId) ?? this.#connect(record, null))
  }

  #connect(record: ServerRecord, password: string | null): ServerLink {
    const { serverId } = record
    const link: ServerLink = new ServerLink({
      record,
      password,
      facts: serverFacts(this.#database, serverId),
      clock: this.#clock,
      timings: this.timings,
      isWatched: () => this.#feed.subscriberCount > 0,
      onChange: (facts, list) => {
        this.#keep(serverId, facts, list)
        this.#feed.publish(serverId, { type: 'changed', server: link.snapshot() })
      },
    })
    this.#links.set(serverId, link)
    link.wake()
    return link
  }

  #drop(link: ServerLink): void {
    this.#links.delete(link.record.serverId)
    link.close()
  }

  /** A look every two seconds is not worth a write each: the catalogue may be half a minute behind. */
  #keep(
    serverId: number,
    { product, status, backupCount, newestBackupAtUs, checkedAtUs }: ServerFacts,
    list: ServerBackupList | null,
  ): void {
    const nowUs = this.#clock.monotonicUs()
    const keptAtUs = this.#keptAtUs.get(serverId)
    if (!this.#isClosed && list === null && keptAtUs !== undefined && nowUs - keptAtUs < KEEP_INTERVAL_US) return
    this.#keptAtUs.set(serverId, nowUs)
    const facts = { product, status, backupCount, newestBackupAtUs, checkedAtUs }
    try {
      keepServerFacts(this.#database, serverId, facts, list === null ? null : keptPart(list))
    } catch {
      // a full disk must not end the asking: what is known is in memory, and kept the next time
    }
  }
}
