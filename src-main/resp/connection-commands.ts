import { keywordOf, textOf } from './argument-text.ts'
import { type ClientCommandInput, clientCommand } from './client-command.ts'
import { commandCommand } from './command-command.ts'
import { notAnInteger, wrongArity } from './command-errors.ts'
import type { Command } from './command-table.ts'
import { type InfoSection, infoText } from './info-text.ts'
import { loginCommands, type ServerIdentity } from './login-commands.ts'
import { bulk, errorReply, okReply, type Reply, simple, verbatim } from './reply.ts'
import type { Users } from './users.ts'

export type ConnectionCommandsInput = ClientCommandInput & {
  readonly users: Users
  readonly identity: ServerIdentity
  /** all commands of the server, these among them */
  readonly commands: () => readonly Command[]
  readonly infoSections: () => readonly InfoSection[]
}

/** What a client library of Redis 7 sends besides the commands it is for. */
export function connectionCommands(input: ConnectionCommandsInput): readonly Command[] {
  return [
    ...loginCommands(input.users, input.identity),
    clientCommand(input),
    commandCommand(input.commands),
    infoCommand(input.infoSections),
    ...plainCommands(input.monotonicUs),
  ]
}

function infoCommand(sections: () => readonly InfoSection[]): Command {
  return {
    name: 'INFO',
    arity: -1,
    summary: 'Returns what the server says of itself: INFO [section ...].',
    group: 'server',
    flags: ['loading', 'stale'],
    isForEveryone: true,
    run: (args) => verbatim(infoText(sections(), args.map(keywordOf))),
  }
}

function plainCommands(monotonicUs: () => number): readonly Command[] {
  const common = { group: 'connection', flags: ['loading', 'stale', 'fast'], isForEveryone: true }
  return [
    { ...common, name: 'PING', arity: -1, summary: 'Answers PONG or the argument.', run: (args) => ping(args) },
    {
      ...common,
      name: 'ECHO',
      arity: 2,
      summary: 'Answers the argument.',
      run: ([message = new Uint8Array(0)]) => bulk(message),
    },
    {
      ...common,
      name: 'SELECT',
      arity: 2,
      summary: 'Accepts database 0, the only one.',
      run: ([index = new Uint8Array(0)]) => select(textOf(index)),
    },
    {
      ...common,
      name: 'QUIT',
      arity: -1,
      summary: 'Ends the connection.',
      isBeforeLogin: true,
      run: (_args, session) => {
        session.isEnding = true
        return okReply
      },
    },
    {
      ...common,
      name: 'RESET',
      arity: 1,
      summary: 'Makes the connection as a new one.',
      isBeforeLogin: true,
      run: (_args, session) => {
        session.reset(monotonicUs())
        return simple('RESET')
      },
    },
  ]
}

function ping(args: readonly Uint8Array[]): Reply {
  const [message] = args
  if (args.length > 1) return wrongArity('ping')
  return message === undefined ? simple('PONG') : bulk(message)
}

function select(index: string): Reply {
  if (!/^-?[0-9]{1,9}$/.test(index)) return notAnInteger
  return index === '0' ? okReply : errorReply('ERR', 'DB index is out of range')
}
