import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import { limits } from '#base/limits.ts'
import type { WriteDatabase } from '../catalog/open.ts'
import { addSentCommand, type CommandOutcome, settleSentCommand } from '../catalog/sent-commands.ts'
import type { ServerLink } from './server-link.ts'

type Settlement = Pick<CommandOutcome, 'outcome' | 'reply'> & { readonly command?: string }

/** A changing command on record: what was sent, to whom, when, and what became of it. */
export class SentCommandRecord {
  readonly #audit: ServerAudit
  readonly #sentCommandId: number
  readonly #command: string

  constructor(audit: ServerAudit, sentCommandId: number, command: string) {
    this.#audit = audit
    this.#sentCommandId = sentCommandId
    this.#command = command
  }

  /** May be called again when it is known better. */
  settle({ outcome, reply, command = this.#command }: Settlement): void {
    this.#audit.settle(this.#sentCommandId, { outcome, reply, command })
  }

  /** Of a command that ended with an error, sent or not. */
  settleError(thrown: unknown): void {
    const isUnknown = thrown instanceof AppError && thrown.code === 'OUTCOME_UNKNOWN'
    this.settle({ outcome: isUnknown ? 'unknown' : 'failed', reply: errorText(thrown) })
  }
}

function errorText(thrown: unknown): string {
  if (!(thrown instanceof AppError)) return String(thrown)
  const { message, unharmed } = thrown.facts
  return unharmed === undefined ? message : `${message}\n${unharmed}`
}

/** Keeps every changing command on record, before it is sent and when its outcome is known. */
export class ServerAudit {
  readonly #database: WriteDatabase
  readonly #clock: Clock
  readonly #open = new Map<number, string>()
  #isClosed = false

  constructor(options: { database: WriteDatabase; clock: Clock }) {
    this.#database = options.database
    this.#clock = options.clock
  }

  begin({ record, address }: ServerLink, command: string): SentCommandRecord {
    const { serverId, name, userName } = record
    const sent = { serverId, serverName: name, address, userName, command, sentAtUs: this.#clock.nowUs() }
    const sentCommandId = addSentCommand(this.#database, sent)
    this.#open.set(sentCommandId, command)
    return new SentCommandRecord(this, sentCommandId, command)
  }

  settle(sentCommandId: number, settled: Omit<CommandOutcome, 'finishedAtUs'>): void {
    // the catalogue is closed when a reply comes after the end
    if (this.#isClosed) return
    this.#open.delete(sentCommandId)
    const reply = settled.reply?.slice(0, limits.serverReplyTextCharactersMax) ?? null
    settleSentCommand(this.#database, sentCommandId, { ...settled, reply, finishedAtUs: this.#clock.nowUs() })
  }

  /** Nobody waits any more for the replies that are still to come. */
  close(): void {
    for (const [sentCommandId, command] of this.#open) {
      this.settle(sentCommandId, { outcome: 'unknown', reply: 'Lifeboat was closed before the reply came.', command })
    }
    this.#isClosed = true
  }
}

/** A command as a person would type it. */
export function commandText(words: readonly string[]): string {
  return words.map((word) => (/^[\w.:[\]-]+$/.test(word) ? word : JSON.stringify(word))).join(' ')
}
