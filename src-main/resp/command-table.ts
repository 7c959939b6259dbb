import { assert } from '#base/assert.ts'
import { keywordOf } from './argument-text.ts'
import type { Reply } from './reply.ts'
import type { Session } from './session.ts'

/** What a client can ask about a command: COMMAND INFO and COMMAND DOCS. */
export type CommandFacts = {
  /** in upper case, as ADMIN.BACKUP */
  readonly name: string
  /** as in Redis: the number of words, the name among them; negative: at least as many */
  readonly arity: number
  readonly summary: string
  /** every user may run it, whatever its rules say: what a client library sends on connect */
  readonly isForEveryone?: boolean
}

export type Command = CommandFacts & {
  /** for COMMAND DOCS: connection, server, admin, graph */
  readonly group: string
  /** for COMMAND INFO: readonly, write, admin, fast, noscript */
  readonly flags: readonly string[]
  /** may be run before a login */
  readonly isBeforeLogin?: boolean
  /**
   * When given, the first argument is one of these and its arity is checked. A command without this list deals with
   * its first argument itself.
   */
  readonly subcommands?: readonly CommandFacts[]
  /**
   * Runs the command.
   * @param args what came after the command's name; the handler may keep them
   * @throws AppError for what the client is to be told; anything else is a bug and the client reads no more than that
   */
  readonly run: (args: readonly Uint8Array[], session: Session) => Reply | Promise<Reply>
}

/** Does a number of words, the name among them, fit an arity? */
export function fitsArity(arity: number, words: number): boolean {
  return arity >= 0 ? words === arity : words >= -arity
}

/** The commands of a server by name. */
export class CommandTable {
  readonly all: readonly Command[]
  readonly #byName: ReadonlyMap<string, Command>

  constructor(commands: readonly Command[]) {
    this.all = commands
    this.#byName = new Map(commands.map((command) => [command.name.toUpperCase(), command]))
    assert(this.#byName.size === commands.length, 'each command has a name of its own')
  }

  find(name: Uint8Array): Command | null {
    return this.#byName.get(keywordOf(name)) ?? null
  }
}
