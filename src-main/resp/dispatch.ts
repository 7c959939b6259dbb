import { AppError } from '#base/app-error.ts'
import { keywordOf } from './argument-text.ts'
import {
  internalError,
  loginNeeded,
  notPermitted,
  unknownCommand,
  unknownSubcommand,
  wrongArity,
} from './command-errors.ts'
import { type Command, type CommandFacts, type CommandTable, fitsArity } from './command-table.ts'
import type { ErrorReply, Reply } from './reply.ts'
import type { Session } from './session.ts'
import type { Users } from './users.ts'

export type DispatchContext = {
  readonly table: CommandTable
  readonly users: Users
  /** the words for an expected failure */
  readonly errorReply: (error: AppError) => ErrorReply
  /** is told of everything else that a handler threw */
  readonly onBug: (error: unknown) => void
}

/**
 * Answers one command: finds it, checks that this client may run it and that the number of arguments fits, runs it.
 * Never throws and never rejects: whatever a handler throws is a reply.
 * @param words the name and the arguments, at least one
 */
export function dispatch(
  words: readonly Uint8Array[],
  session: Session,
  context: DispatchContext,
): Reply | Promise<Reply> {
  const [name = new Uint8Array(0), ...args] = words
  const command = context.table.find(name)
  session.lastCommand = command?.name.toLowerCase() ?? ''
  const isLoginMissing = context.users.isLoginNeeded && session.user === null
  if (isLoginMissing && command?.isBeforeLogin !== true) return loginNeeded
  if (command === null) return unknownCommand(name, args)
  const refusal = refusalOf(command, args, session)
  return refusal ?? run(command, args, session, context)
}

function refusalOf(command: Command, args: readonly Uint8Array[], session: Session): Reply | null {
  const name = command.name.toLowerCase()
  if (!fitsArity(command.arity, args.length + 1)) return wrongArity(name)
  const [first] = args
  const keyword = keywordOf(first)
  const subcommand = command.subcommands?.find((candidate) => candidate.name === keyword)
  if (command.subcommands !== undefined && first !== undefined) {
    if (subcommand === undefined) return unknownSubcommand(command.name, first)
    if (!fitsArity(subcommand.arity, args.length + 1)) return wrongArity(`${name}|${keyword.toLowerCase()}`)
  }
  const facts: CommandFacts = subcommand ?? command
  const isPermitted = facts.isForEveryone === true || session.user?.mayRun(command.name, keyword) !== false
  if (isPermitted) return null
  const fullName = subcommand === undefined ? name : `${name}|${keyword.toLowerCase()}`
  return notPermitted(session.user?.name ?? '', fullName)
}

function run(
  command: Command,
  args: readonly Uint8Array[],
  session: Session,
  context: DispatchContext,
): Reply | Promise<Reply> {
  try {
    const answer = command.run(args, session)
    return answer instanceof Promise ? answer.catch((error: unknown) => failure(error, context)) : answer
  } catch (error) {
    return failure(error, context)
  }
}

function failure(error: unknown, context: DispatchContext): Reply {
  if (error instanceof AppError) {
    try {
      return context.errorReply(error)
    } catch (mappingError) {
      context.onBug(mappingError)
      return internalError
    }
  }
  context.onBug(error)
  return internalError
}
