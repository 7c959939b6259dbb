import { keywordOf, textOf } from './argument-text.ts'
import { nameRefusal } from './client-command.ts'
import { syntaxError, wrongPassword } from './command-errors.ts'
import type { Command } from './command-table.ts'
import { array, bulk, errorReply, integer, map, okReply, type Reply } from './reply.ts'
import type { Session } from './session.ts'
import type { Users } from './users.ts'

/** How the server introduces itself. */
export type ServerIdentity = {
  readonly name: string
  /** three numbers with dots: some client libraries read it */
  readonly version: string
}

const noPasswordSet = errorReply(
  'ERR',
  'AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
)
const protocolUnknown = errorReply('NOPROTO', 'unsupported protocol version')
const protocolNotAnInteger = errorReply('ERR', 'Protocol version is not an integer or out of range')
const helloNeedsLogin = errorReply(
  'NOAUTH',
  'HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
)

/** AUTH and HELLO: who the client is and which protocol it speaks. */
export function loginCommands(users: Users, identity: ServerIdentity): readonly Command[] {
  const common = { group: 'connection', flags: ['loading', 'stale', 'fast'], isForEveryone: true, isBeforeLogin: true }
  return [
    {
      ...common,
      name: 'AUTH',
      arity: -2,
      summary: 'Logs in: AUTH [user] password.',
      run: (args, session) => auth(args, session, users),
    },
    {
      ...common,
      name: 'HELLO',
      arity: -1,
      summary: 'Introduces client and server: HELLO [2|3 [AUTH user password] [SETNAME name]].',
      run: (args, session) => hello(args, session, users, identity),
    },
  ]
}

function auth(args: readonly Uint8Array[], session: Session, users: Users): Reply {
  const [first, second] = args
  if (first === undefined || args.length > 2) return syntaxError
  if (second !== undefined) return logIn(first, second, session, users)
  return users.isLoginNeeded ? logIn(Buffer.from('default'), first, session, users) : noPasswordSet
}

function logIn(name: Uint8Array, password: Uint8Array, session: Session, users: Users): Reply {
  const user = users.logIn(textOf(name), password)
  if (user === null) return wrongPassword
  session.user = user
  return okReply
}

type HelloOptions = { readonly login: readonly [Uint8Array, Uint8Array] | null; readonly name: Uint8Array | null }

function hello(args: readonly Uint8Array[], session: Session, users: Users, identity: ServerIdentity): Reply {
  const [version, ...options] = args
  const versionText = version === undefined ? null : textOf(version)
  if (versionText !== null && !/^-?[0-9]{1,18}$/.test(versionText)) return protocolNotAnInteger
  if (versionText !== null && versionText !== '2' && versionText !== '3') return protocolUnknown
  const read = readHelloOptions(options)
  if ('kind' in read) return read
  // nothing of a refused HELLO counts
  const refusal = read.name === null ? null : nameRefusal(read.name)
  if (refusal !== null) return refusal
  const login = read.login === null ? okReply : logIn(...read.login, session, users)
  if (login.kind === 'error') return login
  if (users.isLoginNeeded && session.user === null) return helloNeedsLogin
  if (read.name !== null) session.name = textOf(read.name)
  if (versionText !== null) session.protocol = versionText === '3' ? 3 : 2
  return map({
    server: bulk(identity.name),
    version: bulk(identity.version),
    proto: integer(session.protocol),
    id: integer(session.id),
    mode: bulk('standalone'),
    role: bulk('master'),
    modules: array([]),
  })
}

function readHelloOptions(options: readonly Uint8Array[]): HelloOptions | Reply {
  let login: HelloOptions['login'] = null
  let name: Uint8Array | null = null
  for (let at = 0; at < options.length; ) {
    const [option = new Uint8Array(0), first, second] = options.slice(at, at + 3)
    const keyword = keywordOf(option)
    if (keyword === 'AUTH' && first !== undefined && second !== undefined) {
      login = [first, second]
      at += 3
    } else if (keyword === 'SETNAME' && first !== undefined) {
      name = first
      at += 2
    } else {
      return errorReply('ERR', `Syntax error in HELLO option '${textOf(option.subarray(0, 128))}'`)
    }
  }
  return { login, name }
}
