import { keywordOf, textOf } from './argument-text.ts'
import { notAnInteger, syntaxError } from './command-errors.ts'
import type { Command, CommandFacts } from './command-table.ts'
import { array, bulk, type ErrorReply, errorReply, integer, nullReply, okReply, type Reply, verbatim } from './reply.ts'
import type { Session } from './session.ts'

export type ClientCommandInput = {
  /** everybody who is connected, in the order of their ids */
  readonly sessions: () => Iterable<Session>
  readonly monotonicUs: () => number
}

const subcommands: readonly CommandFacts[] = [
  { name: 'GETNAME', arity: 2, summary: 'Returns the name of the connection.', isForEveryone: true },
  { name: 'HELP', arity: 2, summary: 'Returns what CLIENT understands.', isForEveryone: true },
  { name: 'ID', arity: 2, summary: 'Returns the number of the connection.', isForEveryone: true },
  { name: 'INFO', arity: 2, summary: 'Returns what is known of the connection.', isForEveryone: true },
  { name: 'KILL', arity: -3, summary: 'Ends connections: address, ID id or ADDR address.' },
  { name: 'LIST', arity: -2, summary: 'Lists the connections: [TYPE normal] [ID id ...].' },
  { name: 'NO-EVICT', arity: 3, summary: 'Accepted; nothing is ever evicted.', isForEveryone: true },
  { name: 'NO-TOUCH', arity: 3, summary: 'Accepted; no key is ever touched.', isForEveryone: true },
  { name: 'REPLY', arity: 3, summary: 'Turns replies ON or OFF, or skips the next one.', isForEveryone: true },
  { name: 'SETINFO', arity: 4, summary: 'Sets LIB-NAME or LIB-VER.', isForEveryone: true },
  { name: 'SETNAME', arity: 3, summary: 'Names the connection.', isForEveryone: true },
]

/** CLIENT: what client libraries send on connect, and a look at who is there. */
export function clientCommand(input: ClientCommandInput): Command {
  return {
    name: 'CLIENT',
    arity: -2,
    summary: 'Speaks of connections.',
    group: 'connection',
    flags: ['loading', 'stale'],
    subcommands,
    run: ([subcommand, ...args], session) => answer(keywordOf(subcommand), args, session, input),
  }
}

function answer(subcommand: string, args: readonly Uint8Array[], session: Session, input: ClientCommandInput): Reply {
  const [first = new Uint8Array(0), second = new Uint8Array(0)] = args
  switch (subcommand) {
    case 'ID':
      return integer(session.id)
    case 'GETNAME':
      return session.name === '' ? nullReply : bulk(session.name)
    case 'SETNAME':
      return setName(session, first)
    case 'SETINFO':
      return setInfo(session, first, second)
    case 'INFO':
      return verbatim(`${clientLine(session, input.monotonicUs())}\n`)
    case 'LIST':
      return list(args, input)
    case 'KILL':
      return kill(args, session, input)
    case 'REPLY':
      return setReplyMode(session, first)
    case 'NO-EVICT':
    case 'NO-TOUCH':
      return ['ON', 'OFF'].includes(keywordOf(first)) ? okReply : syntaxError
    default:
      return array([
        bulk('CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:'),
        ...subcommands.flatMap(({ name, summary }) => [bulk(name), bulk(`    ${summary}`)]),
      ])
  }
}

/** Printable ASCII without spaces, so that a line of CLIENT LIST stays one. */
function isPlainWord(text: string): boolean {
  return /^[!-~]*$/.test(text)
}

/** What a name may not be. An empty one takes the name away. */
export function nameRefusal(argument: Uint8Array): ErrorReply | null {
  if (isPlainWord(textOf(argument))) return null
  return errorReply('ERR', 'Client names cannot contain spaces, newlines or special characters.')
}

function setName(session: Session, argument: Uint8Array): Reply {
  const refusal = nameRefusal(argument)
  if (refusal === null) session.name = textOf(argument)
  return refusal ?? okReply
}

function setInfo(session: Session, attribute: Uint8Array, argument: Uint8Array): Reply {
  const value = textOf(argument)
  const keyword = keywordOf(attribute)
  if (keyword !== 'LIB-NAME' && keyword !== 'LIB-VER') {
    return errorReply('ERR', `Unrecognized option '${textOf(attribute.subarray(0, 128))}'`)
  }
  if (!isPlainWord(value)) {
    return errorReply('ERR', `${keyword.toLowerCase()} cannot contain spaces, newlines or special characters.`)
  }
  if (keyword === 'LIB-NAME') session.libraryName = value
  else session.libraryVersion = value
  return okReply
}

function setReplyMode(session: Session, argument: Uint8Array): Reply {
  switch (keywordOf(argument)) {
    case 'ON':
      session.replyMode = 'on'
      return okReply
    case 'OFF':
      session.replyMode = 'off'
      return okReply
    case 'SKIP':
      if (session.replyMode === 'on') session.replyMode = 'skip'
      return okReply
    default:
      return syntaxError
  }
}

function clientLine(session: Session, nowUs: number): string {
  const fields = {
    id: session.id,
    addr: session.address,
    name: session.name,
    age: Math.floor((nowUs - session.connectedAtUs) / 1_000_000),
    idle: Math.floor((nowUs - session.lastCommandAtUs) / 1_000_000),
    flags: 'N',
    db: 0,
    cmd: session.lastCommand === '' ? 'NULL' : session.lastCommand,
    user: session.user?.name ?? 'default',
    resp: session.protocol,
    'lib-name': session.libraryName,
    'lib-ver': session.libraryVersion,
  }
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
}

function list(options: readonly Uint8Array[], input: ClientCommandInput): Reply {
  const [option, ...values] = options
  const keyword = keywordOf(option)
  const lines = (sessions: readonly Session[]) =>
    verbatim(sessions.map((session) => `${clientLine(session, input.monotonicUs())}\n`).join(''))
  const sessions = [...input.sessions()]
  if (option === undefined) return lines(sessions)
  if (keyword === 'TYPE' && values.length === 1) {
    const type = textOf(values[0] ?? new Uint8Array(0))
    if (type.toLowerCase() === 'normal') return lines(sessions)
    const isOtherType = ['master', 'replica', 'slave', 'pubsub'].includes(type.toLowerCase())
    return isOtherType ? verbatim('') : errorReply('ERR', `Unknown client type '${type.slice(0, 128)}'`)
  }
  if (keyword !== 'ID' || values.length === 0) return syntaxError
  const ids = new Set(values.map(textOf))
  return lines(sessions.filter((session) => ids.has(String(session.id))))
}

/** `KILL address` answers OK; `KILL ID id` and `KILL ADDR address` answer how many. */
function kill(args: readonly Uint8Array[], self: Session, input: ClientCommandInput): Reply {
  const [first, second] = args
  if (args.length > 2 || first === undefined) return syntaxError
  const address = textOf(second ?? first)
  if (second === undefined) {
    return killAll(address, 'address', self, input) > 0 ? okReply : errorReply('ERR', 'No such client')
  }
  const keyword = keywordOf(first)
  if (keyword === 'ID' && !/^[1-9][0-9]{0,15}$/.test(address)) return notAnInteger
  if (keyword !== 'ID' && keyword !== 'ADDR') return syntaxError
  return integer(killAll(address, keyword === 'ID' ? 'id' : 'address', self, input))
}

function killAll(value: string, field: 'id' | 'address', self: Session, input: ClientCommandInput): number {
  const killed = [...input.sessions()].filter((session) => String(session[field]) === value)
  for (const session of killed) {
    // who ends itself still reads the answer
    if (session === self) session.isEnding = true
    else session.kill()
  }
  return killed.length
}
