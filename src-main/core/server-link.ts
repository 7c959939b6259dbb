import { randomBytes } from 'node:crypto'
import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import { toErrorInfo } from '#base/error-info.ts'
import type { Server, ServerBackupList } from '#contract'
import type { ServerFacts, ServerRecord } from '../catalog/servers.ts'
import { addressText, type ServerAddress } from '../servers/server-address.ts'
import { ServerSession } from '../servers/server-session.ts'
import type { Capabilities } from '../servers/session/capabilities.ts'
import type { ServerProbe } from '../servers/session/probe.ts'
import { passwordWanted, serverBusy } from './server-errors.ts'
import { listOf, productText, statusOf } from './server-facts.ts'
import type { ServerTimings } from './server-timings.ts'

type LinkOptions = {
  readonly record: ServerRecord
  readonly password: string | null
  readonly facts: ServerFacts
  readonly clock: Clock
  readonly timings: ServerTimings
  readonly isWatched: () => boolean
  /** something about it is known anew; the list only when it was read */
  readonly onChange: (facts: ServerFacts, list: ServerBackupList | null) => void
}

const CLOSE_GRACE_MS = 500

type Busy = { readonly what: string; readonly jobId: number | null }

/**
 * One added server in this process: asked again and again, one question after the other. While it carries out a changing command,
 * which may take hours, it is asked for its status alone.
 */
export class ServerLink {
  readonly #clock: Clock
  readonly #timings: ServerTimings
  readonly #isWatched: () => boolean
  readonly #onChange: LinkOptions['onChange']
  #record: ServerRecord
  #password: string | null
  #session: ServerSession
  #state: Server['state'] = 'connecting'
  #error: AppError | null = null
  #capabilities: Capabilities | null = null
  #facts: ServerFacts
  #list: ServerBackupList | null = null
  #listedAtUs: number | null = null
  #failureCount = 0
  #busy: Busy | null = null
  #checking: Promise<void> | null = null
  #timer: NodeJS.Timeout | null = null
  #isClosed = false

  constructor(options: LinkOptions) {
    this.#record = options.record
    this.#password = options.password
    this.#facts = options.facts
    this.#clock = options.clock
    this.#timings = options.timings
    this.#isWatched = options.isWatched
    this.#onChange = options.onChange
    this.#session = this.#newSession()
  }

  get record(): ServerRecord {
    return this.#record
  }

  /** host:port */
  get address(): string {
    return addressText(this.#record)
  }

  get timings(): ServerTimings {
    return this.#timings
  }

  get isClosed(): boolean {
    return this.#isClosed
  }

  /** What was read of it in this process; null: nothing yet. */
  get list(): ServerBackupList | null {
    return this.#list
  }

  snapshot(): Server {
    const { serverId, name, host, port, userName, isTls, demoInstanceId, sourceId } = this.#record
    return {
      serverId,
      name,
      host,
      port,
      userName,
      isTls,
      isDemo: demoInstanceId !== null,
      state: this.#state,
      error: this.#error === null ? null : toErrorInfo(this.#error),
      capabilities: this.#capabilities === null ? null : shownCapabilities(this.#capabilities),
      jobId: this.#busy?.jobId ?? null,
      sourceId,
      ...this.#facts,
    }
  }

  /** Takes it as it is noted now; another address or password means another connection. */
  renew(record: ServerRecord, password: string | null): void {
    this.#record = record
    this.#password = password
    // what runs on the old connection is waited for there
    if (this.#busy === null) this.#session.close()
    this.#session = this.#newSession()
    this.#state = 'connecting'
    this.#error = null
    this.#listedAtUs = null
    this.#failureCount = 0
  }

  setSource(sourceId: number): void {
    this.#record = { ...this.#record, sourceId }
    this.#changed(null)
  }

  /** Asks it now, and from then on again and again; but not one that refused: see `#scheduleNext`. */
  wake(): void {
    if (this.#checking === null && this.#state !== 'refused') this.#schedule(0)
  }

  /** Asks it anew; resolves when that is known. */
  async refresh(): Promise<void> {
    // what is under way may have been asked before the reason to ask
    await this.#checking
    this.#listedAtUs = null
    await this.#look()
  }

  /**
   * Runs what must not be mixed with other commands of ours: one at a time, and none while the server cannot be asked.
   * @param what "making a backup"
   * @throws AppError SERVER_BUSY, or why the server cannot be asked
   */
  async exclusively<Result>(
    what: string,
    jobId: number | null,
    task: (session: ServerSession) => Promise<Result>,
  ): Promise<Result> {
    this.checkFree()
    const session = this.#session
    this.#busy = { what, jobId }
    this.#changed(null)
    this.wake()
    try {
      return await task(session)
    } finally {
      this.#busy = null
      if (this.#isClosed || session !== this.#session) session.close()
      this.#listedAtUs = null
      this.#changed(null)
      this.wake()
    }
  }

  /** @throws AppError SERVER_BUSY, or why the server cannot be asked */
  checkFree(): void {
    if (this.#busy !== null) throw serverBusy(this.address, this.#busy.what)
    if (this.#needsPassword) throw passwordWanted(this.address)
    if (this.#isClosed) throw new AppError('STOPPED', { message: 'the server was taken out of the list' })
  }

  /** Nothing is asked any more; a changing command that is under way has an unknown outcome. */
  close(): void {
    this.#isClosed = true
    if (this.#timer !== null) clearTimeout(this.#timer)
    // a question that is cut off is asked once more by the session: it gets a moment for its reply
    if (this.#checking === null || this.#busy !== null) this.#session.close()
    if (this.#checking === null) return
    const session = this.#session
    const cutting = setInterval(() => session.close(), CLOSE_GRACE_MS)
    void this.#checking.finally(() => clearInterval(cutting))
  }

  get #needsPassword(): boolean {
    return this.#record.needsPassword && this.#password === null
  }

  #newSession(): ServerSession {
    return new ServerSession({
      address: this.#serverAddress(),
      clock: this.#clock,
      randomToken: () => randomBytes(6).toString('hex'),
      timeouts: this.#timings.timeouts,
    })
  }

  #serverAddress(): ServerAddress {
    const { host, port, userName, isTls, caPem } = this.#record
    const credentials =
      this.#password === null ? undefined : { username: userName ?? undefined, password: this.#password }
    return { host, port, tls: isTls ? { ca: caPem ?? undefined } : undefined, credentials }
  }

  #look(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#checking ??= this.#check().finally(() => {
      this.#checking = null
      this.#scheduleNext()
    })
    return this.#checking
  }

  async #check(): Promise<void> {
    if (this.#isClosed) return
    const session = this.#session
    try {
      if (this.#needsPassword) throw passwordWanted(this.address)
      if (this.#busy !== null) await this.#askStatus(session)
      else if (this.#state === 'ready') await this.#askReady(session)
      else await this.#probe(session)
    } catch (thrown) {
      if (session === this.#session) this.#fail(thrown)
    }
    if (this.#isClosed) session.close()
  }

  async #probe(session: ServerSession): Promise<void> {
    const probe = await session.probe()
    if (session !== this.#session || this.#isClosed) return
    this.#capabilities = probe.hasAdminBackup === null ? this.#capabilities : probe.capabilities
    this.#error = probe.error
    this.#state = stateOf(probe)
    this.#failureCount = this.#state === 'unreachable' ? this.#failureCount + 1 : 0
    if (this.#state === 'ready' || this.#state === 'without-backup') {
      this.#answered({ ...this.#facts, product: productText(probe.product) ?? this.#facts.product })
    } else this.#changed(null)
    if (this.#state !== 'ready') return
    this.#listedAtUs = null
    await this.#askReady(session)
  }

  async #askReady(session: ServerSession): Promise<void> {
    await this.#askStatus(session)
    const isListDue =
      this.#listedAtUs === null || this.#clock.monotonicUs() - this.#listedAtUs >= this.#timings.listMs * 1000
    // a changing command may have begun meanwhile: the list would wait behind it
    if (isListDue && this.#busy === null && !this.#isClosed) await this.#askList(session)
  }

  async #askStatus(session: ServerSession): Promise<void> {
    if (this.#capabilities?.status !== true) return
    const { reading } = await session.status()
    if (session !== this.#session) return
    if (this.#state !== 'ready') this.#error = null
    this.#state = 'ready'
    this.#answered({ ...this.#facts, status: statusOf(reading) ?? this.#facts.status })
  }

  async #askList(session: ServerSession): Promise<void> {
    // also when it fails: a list that cannot be read is no reason to ask for it more often
    this.#listedAtUs = this.#clock.monotonicUs()
    const { list, ...known } = listOf(await session.listBackups(), this.#clock.nowUs())
    if (session !== this.#session) return
    this.#list = list
    this.#error = null
    // what was not understood does not take the place of what is known
    if (list.rawReply === null) this.#answered({ ...this.#facts, ...known }, list)
    else this.#answered(this.#facts)
  }

  #answered(facts: ServerFacts, list: ServerBackupList | null = null): void {
    this.#failureCount = 0
    this.#facts = { ...facts, checkedAtUs: this.#clock.nowUs() }
    this.#changed(list)
  }

  #fail(thrown: unknown): void {
    const error = thrown instanceof AppError ? thrown : unexpected(thrown, this.address)
    this.#error = error
    if (error.code === 'SERVER_REFUSED') this.#state = 'refused'
    else if (error.code === 'SERVER_UNREACHABLE' || this.#state !== 'ready') this.#state = 'unreachable'
    this.#failureCount += 1
    this.#changed(null)
  }

  #changed(list: ServerBackupList | null): void {
    if (!this.#isClosed) this.#onChange(this.#facts, list)
  }

  #scheduleNext(): void {
    // a refused password is not sent again by itself: servers lock users out
    if (this.#state !== 'refused') this.#schedule(this.#delayMs())
  }

  #delayMs(): number {
    const { watchedMs, unwatchedMs, listMs, retryFirstMs, retryMaxMs } = this.#timings
    const isFollowed = this.#busy !== null || this.#isWatched()
    const usualMs = !isFollowed ? unwatchedMs : this.#capabilities?.status === true ? watchedMs : listMs
    if (this.#failureCount === 0) return usualMs
    const retryMs = Math.min(retryMaxMs, retryFirstMs * 2 ** Math.min(this.#failureCount - 1, 20))
    return isFollowed ? retryMs : Math.max(retryMs, unwatchedMs)
  }

  #schedule(delayMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    if (this.#isClosed) return
    this.#timer = setTimeout(() => void this.#look(), delayMs)
    this.#timer.unref()
  }
}

function stateOf({ access, reachable, hasAdminBackup }: ServerProbe): Server['state'] {
  if (access === 'refused') return 'refused'
  if (!reachable || hasAdminBackup === null) return 'unreachable'
  return hasAdminBackup ? 'ready' : 'without-backup'
}

function shownCapabilities({ create, kindsAndLabels, verify, verifyLevels, prune }: Capabilities) {
  return { create, kindsAndLabels, verify, verifyLevels, prune }
}

function unexpected(cause: unknown, subject: string): AppError {
  return new AppError('INTERNAL', { message: 'the server could not be asked', subject }, { cause })
}
