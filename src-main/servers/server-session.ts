import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import {
  type BackupDetails,
  type RetentionRules,
  readBackupInfo,
  readRetention,
  readStatus,
  type ServerStatus,
} from './read-reply/read-agent.ts'
import { type Removal, readPrune } from './read-reply/read-removal.ts'
import { readVerify, type VerifyReply } from './read-reply/read-verify.ts'
import type { Reading } from './read-reply/reading.ts'
import { serverErrorOf } from './read-reply/server-error.ts'
import type { ReceivedReply, Reply } from './reply-tree.ts'
import type { ServerAddress } from './server-address.ts'
import type { Capabilities } from './session/capabilities.ts'
import { defaultTimeouts, ServerCommands, type ServerTimeouts } from './session/commands.ts'
import { type CreateRequest, type CreateResult, createBackup, settleAgain } from './session/create-backup.ts'
import { type ListResult, listPages, listPlain } from './session/list-backups.ts'
import { ListHistory } from './session/list-history.ts'
import { probeServer, type ServerProbe } from './session/probe.ts'
import { deleteBackup, pruneBackups, type RemovalResult } from './session/remove-backups.ts'
import { Serial } from './session/serial.ts'
import { appErrorOf, lacksCapability } from './session/server-app-error.ts'

export type SessionOptions = {
  readonly address: ServerAddress
  readonly clock: Clock
  /** short random text of letters and digits, for labels: another each time */
  readonly randomToken: () => string
  readonly timeouts?: Partial<ServerTimeouts> | undefined
  /** sends DELETE to servers not ours, of which only prose is known. Default false */
  readonly mayDeleteElsewhere?: boolean | undefined
}

/** A reading with the reply as bytes, for the audit record. */
export type Answer<Value> = { readonly reading: Reading<Value>; readonly rawReply: Uint8Array }

export type VerifyLevel = 'presence' | 'checksum' | 'deep'

/**
 * One server, by ADMIN.BACKUP. One such command at a time (STATUS of our own agent excepted); changing commands are sent once, each over
 * its own connection. What acts on an id takes it only from the last list of this session that was understood.
 */
export class ServerSession {
  readonly #commands: ServerCommands
  readonly #watching: ServerCommands
  readonly #serial = new Serial()
  readonly #watchQueue = new Serial()
  readonly #history = new ListHistory()
  readonly #randomToken: () => string
  readonly #mayDeleteElsewhere: boolean
  #probe: ServerProbe | null = null

  constructor(options: SessionOptions) {
    const timeouts = { ...defaultTimeouts, ...options.timeouts }
    this.#commands = new ServerCommands(options.address, timeouts, options.clock)
    this.#watching = new ServerCommands(options.address, timeouts, options.clock)
    this.#randomToken = options.randomToken
    this.#mayDeleteElsewhere = options.mayDeleteElsewhere === true
  }

  /** What the server is and can do; changes nothing on it. Failures are in the answer. */
  probe(): Promise<ServerProbe> {
    return this.#serial.run(() => this.#probeNow())
  }

  /** The server's backups. Only an understood list replaces the one before. @throws AppError */
  listBackups(): Promise<ListResult> {
    return this.#run('list', 'listing backups', () => this.#list())
  }

  /** One backup with its chain and files. @throws AppError */
  backupInfo(id: string): Promise<Answer<BackupDetails>> {
    return this.#run('backupInfo', 'describing a backup', async () => {
      this.#history.known(id, this.#commands.subject)
      return answer(await this.#commands.readAnswer(['ADMIN.BACKUP', 'INFO', id]), (reply) => readBackupInfo(reply, id))
    })
  }

  /** What the agent does now; does not wait for a running backup. @throws AppError */
  async status(): Promise<Answer<ServerStatus>> {
    if (this.#probe?.hasAdminBackup !== true) await this.#run('status', 'telling its status', async () => {})
    if (this.#probe?.capabilities.status !== true) throw lacksCapability(this.#commands.subject, 'telling its status')
    return this.#watchQueue.run(async () =>
      answer(await this.#watching.readAnswer(['ADMIN.BACKUP', 'STATUS']), readStatus),
    )
  }

  /**
   * Makes a backup: one CREATE between two LISTs, never sent again. See `CreateResult.settled`.
   * @throws AppError the server's error, or a failure before the command left
   */
  create(request: CreateRequest): Promise<CreateResult> {
    return this.#run('create', 'making backups', async (capabilities) => {
      const isPlain = request.kind === null && request.label === null
      if (!isPlain && !capabilities.kindsAndLabels) {
        throw lacksCapability(this.#commands.subject, 'making a backup of a chosen kind or with a label')
      }
      const token = capabilities.kindsAndLabels ? this.#randomToken() : null
      return createBackup(this.#commands, request, token, () => this.#listOrNull())
    })
  }

  /** Looks again what became of a CREATE whose outcome was not known; sends nothing but LIST. */
  settleCreate(pending: CreateResult): Promise<CreateResult> {
    return this.#run('list', 'listing backups', () => settleAgain(this.#commands, pending, () => this.#listOrNull()))
  }

  /** @param level null: the server's own choice @throws AppError; a lost reply is one, and proves nothing */
  verify(id: string, level: VerifyLevel | null): Promise<Answer<VerifyReply>> {
    return this.#run('verify', 'verifying backups', async (capabilities) => {
      if (level !== null && !capabilities.verifyLevels) {
        throw lacksCapability(this.#commands.subject, 'verifying at a chosen level')
      }
      this.#history.known(id, this.#commands.subject)
      const command = ['ADMIN.BACKUP', 'VERIFY', id, ...(level === null ? [] : ['LEVEL', level])]
      const received = await this.#commands.readOnce(command, this.#commands.timeouts.verifyMs)
      const reading = readVerify(received.tree, id)
      const error = serverErrorOf(received.tree)
      if (error !== null && !reading.understood) throw appErrorOf(error, this.#commands.subject, 'Nothing was changed.')
      return { reading, rawReply: received.rawBytes }
    })
  }

  /** What PRUNE would take. @throws AppError */
  pruneDryRun(): Promise<Answer<readonly Removal[]>> {
    return this.#run('prune', 'applying retention', async () =>
      answer(await this.#commands.readAnswer(['ADMIN.BACKUP', 'PRUNE', 'DRYRUN']), readPrune),
    )
  }

  /** Applies retention now. @throws AppError */
  prune(): Promise<RemovalResult> {
    return this.#run('prune', 'applying retention', () => this.#removing(pruneBackups(this.#commands, this.#quietList)))
  }

  /** @throws AppError */
  retention(): Promise<Answer<RetentionRules>> {
    return this.#run('retention', 'telling its retention', () => this.#retention())
  }

  /**
   * Sets the rules that are not null, 0 for no limit, and answers those that then hold.
   * @throws AppError OUTCOME_UNKNOWN when the reply was lost and the rules do not show that it worked
   */
  setRetention(countMax: number | null, ageMaxDays: number | null): Promise<Answer<RetentionRules>> {
    return this.#run('retention', 'setting its retention', async () => {
      const words = [...ruleWords('MAXCOUNT', countMax), ...ruleWords('MAXAGE', ageMaxDays)]
      const { received, lost } = await this.#commands.change(
        ['ADMIN.BACKUP', 'RETENTION', 'SET', ...words],
        this.#commands.timeouts.changeMs,
      )
      if (lost === null) {
        const told = answer(received, readRetention)
        return told.reading.understood ? told : this.#retention()
      }
      const now = await this.#retention()
      const rules = now.reading.value
      const holds =
        rules !== null &&
        (countMax === null || rules.countMax === countMax) &&
        (ageMaxDays === null || rules.ageMaxDays === ageMaxDays)
      if (!holds) throw lost
      return now
    })
  }

  /**
   * Deletes a backup, with those that need it when forced. LIST is read right before and after.
   * @throws AppError BACKUP_NEEDED when another backup needs it, and others
   */
  deleteBackup(id: string, isForced: boolean): Promise<RemovalResult> {
    return this.#run('delete', 'deleting backups', async (capabilities) => {
      if (isForced && !capabilities.kindsAndLabels) {
        throw lacksCapability(this.#commands.subject, 'deleting a backup together with those that need it')
      }
      this.#history.known(id, this.#commands.subject)
      await this.#list()
      this.#history.known(id, this.#commands.subject)
      return this.#removing(deleteBackup(this.#commands, id, isForced, this.#quietList))
    })
  }

  close(): void {
    this.#commands.close()
    this.#watching.close()
  }

  /** Lists around a removal: what is gone in them is explained, so they are not judged against the list before. */
  readonly #quietList = async (): Promise<ListResult | null> => {
    try {
      return await this.#listUnjudged()
    } catch (error) {
      if (error instanceof AppError) return null
      throw error
    }
  }

  #run<Value>(
    need: keyof Capabilities,
    what: string,
    task: (capabilities: Capabilities) => Promise<Value>,
  ): Promise<Value> {
    return this.#serial.run(async () => {
      const probe = this.#probe ?? (await this.#probeNow())
      if (!probe.capabilities[need]) throw probe.error ?? lacksCapability(this.#commands.subject, what)
      return task(probe.capabilities)
    })
  }

  async #probeNow(): Promise<ServerProbe> {
    const probe = await probeServer(this.#commands, this.#mayDeleteElsewhere)
    // what could not be found out is asked again the next time
    this.#probe = probe.hasAdminBackup === null ? null : probe
    return probe
  }

  async #list(): Promise<ListResult> {
    const result = await this.#listUnjudged()
    return { ...result, reading: this.#history.accept(result.reading) }
  }

  #listUnjudged(): Promise<ListResult> {
    return this.#probe?.product.kind === 'lifeboat' ? listPages(this.#commands) : listPlain(this.#commands)
  }

  async #listOrNull(): Promise<ListResult | null> {
    try {
      return await this.#list()
    } catch (error) {
      if (error instanceof AppError) return null
      throw error
    }
  }

  async #removing(removal: Promise<RemovalResult>): Promise<RemovalResult> {
    const result = await removal
    this.#history.removed(result.gone)
    return result
  }

  async #retention(): Promise<Answer<RetentionRules>> {
    return answer(await this.#commands.readAnswer(['ADMIN.BACKUP', 'RETENTION', 'GET']), readRetention)
  }
}

function answer<Value>(received: ReceivedReply, read: (reply: Reply) => Reading<Value>): Answer<Value> {
  return { reading: read(received.tree), rawReply: received.rawBytes }
}

function ruleWords(name: string, value: number | null): string[] {
  return value === null ? [] : [name, String(value)]
}
