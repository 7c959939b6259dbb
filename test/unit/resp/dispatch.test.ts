import { describe, expect, test } from 'vitest'
import { AppError } from '#base/app-error.ts'
import { type Command, CommandTable } from '../../../src-main/resp/command-table.ts'
import { connectionCommands } from '../../../src-main/resp/connection-commands.ts'
import { type DispatchContext, dispatch } from '../../../src-main/resp/dispatch.ts'
import { encodeReply } from '../../../src-main/resp/encode-reply.ts'
import { splitInline } from '../../../src-main/resp/inline-arguments.ts'
import { errorReply, okReply } from '../../../src-main/resp/reply.ts'
import { Session } from '../../../src-main/resp/session.ts'
import { type UserSettings, Users } from '../../../src-main/resp/users.ts'

const backup: Command = {
  name: 'ADMIN.BACKUP',
  arity: -2,
  summary: 'Backups.',
  group: 'admin',
  flags: ['admin'],
  run: () => okReply,
}

const boss: UserSettings = { name: 'boss', password: 'all of it', commands: 'all' }
const reader: UserSettings = { name: 'reader', password: 'look only', commands: ['admin.backup|list', 'admin.status'] }

function server(users: readonly UserSettings[] = [], commands: readonly Command[] = [backup]) {
  const bugs: unknown[] = []
  const sessions: Session[] = []
  const ours = connectionCommands({
    users: new Users(users),
    identity: { name: 'lifeboat', version: '7.2.0' },
    commands: () => table.all,
    sessions: () => sessions,
    infoSections: () => [
      { name: 'Server', fields: { lifeboat_version: '0.1.0' } },
      { name: 'Clients', fields: { connected_clients: 1 } },
    ],
    monotonicUs: () => 5_000_000,
  })
  const table = new CommandTable([...ours, ...commands])
  const context: DispatchContext = {
    table,
    users: new Users(users),
    errorReply: (error) => errorReply('NOTFOUND', error.message),
    onBug: (error) => bugs.push(error),
  }
  const connect = () => {
    const id = sessions.length + 1
    const killed: number[] = []
    const session = new Session({
      id,
      address: `127.0.0.1:${4000 + id}`,
      connectedAtUs: 2_000_000,
      kill: () => killed.push(id),
    })
    sessions.push(session)
    const ask = async (line: string) => {
      const words = splitInline(Buffer.from(line, 'latin1'))!
      const reply = await dispatch(words, session, context)
      return Buffer.concat([...encodeReply(reply, session.protocol)]).toString('latin1')
    }
    return { session, ask, killed }
  }
  return { connect, bugs }
}

describe('what Redis clients send on connect', () => {
  const setName = 'Client names cannot contain spaces, newlines or special characters.'
  test.each([
    ['PING', '+PONG\r\n'],
    ['ping hello', '$5\r\nhello\r\n'],
    ['PING a b', "-ERR wrong number of arguments for 'ping' command\r\n"],
    ['ECHO hello', '$5\r\nhello\r\n'],
    ['ECHO', "-ERR wrong number of arguments for 'echo' command\r\n"],
    ['SELECT 0', '+OK\r\n'],
    ['SELECT 1', '-ERR DB index is out of range\r\n'],
    ['SELECT x', '-ERR value is not an integer or out of range\r\n'],
    ['RESET', '+RESET\r\n'],
    ['QUIT', '+OK\r\n'],
    ['CLIENT ID', ':1\r\n'],
    ['CLIENT GETNAME', '$-1\r\n'],
    ['CLIENT SETNAME "a b"', `-ERR ${setName}\r\n`],
    ['CLIENT SETINFO LIB-NAME ioredis', '+OK\r\n'],
    ['CLIENT SETINFO lib-ver "1 2"', '-ERR lib-ver cannot contain spaces, newlines or special characters.\r\n'],
    ['CLIENT SETINFO OTHER x', "-ERR Unrecognized option 'OTHER'\r\n"],
    ['CLIENT NO-EVICT on', '+OK\r\n'],
    ['CLIENT NO-TOUCH maybe', '-ERR syntax error\r\n'],
    ['CLIENT REPLY ON', '+OK\r\n'],
    ['CLIENT SETNAME', "-ERR wrong number of arguments for 'client|setname' command\r\n"],
    ['CLIENT NOSUCH', "-ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP.\r\n"],
    ['CLIENT LIST TYPE pubsub', '$0\r\n\r\n'],
    ['CLIENT LIST ID 7', '$0\r\n\r\n'],
    ['CLIENT KILL ID 7', ':0\r\n'],
    ['CLIENT KILL 10.0.0.1:1', '-ERR No such client\r\n'],
    [
      'AUTH x',
      '-ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?\r\n',
    ],
    ['AUTH a b', '-WRONGPASS invalid username-password pair or user is disabled.\r\n'],
    ['AUTH a b c', '-ERR syntax error\r\n'],
    ['HELLO 4', '-NOPROTO unsupported protocol version\r\n'],
    ['HELLO x', '-ERR Protocol version is not an integer or out of range\r\n'],
    ['HELLO 3 NOSUCH', "-ERR Syntax error in HELLO option 'NOSUCH'\r\n"],
    ['CLIENT SETNAME ""', '+OK\r\n'],
    ['HELLO 3 SETNAME "a b"', `-ERR ${setName}\r\n`],
    ['INFO clients', '$32\r\n# Clients\r\nconnected_clients:1\r\n\r\n'],
    ['COMMAND INFO nosuch', '*1\r\n$-1\r\n'],
    ['COMMAND LIST FILTERBY PATTERN admin.*', '*1\r\n$12\r\nadmin.backup\r\n'],
    ['COMMAND LIST FILTERBY ACLCAT admin', '*1\r\n$12\r\nadmin.backup\r\n'],
    ['COMMAND LIST FILTERBY MODULE x', '*0\r\n'],
    ['COMMAND GETKEYS ping', '-ERR The command has no key arguments\r\n'],
    ['COMMAND COUNT', ':11\r\n'],
    [
      'COMMAND DOCS admin.backup',
      '*2\r\n$12\r\nadmin.backup\r\n*4\r\n$7\r\nsummary\r\n$8\r\nBackups.\r\n$5\r\ngroup\r\n$5\r\nadmin\r\n',
    ],
    [
      'COMMAND INFO ADMIN.BACKUP',
      '*1\r\n*10\r\n$12\r\nadmin.backup\r\n:-2\r\n*1\r\n+admin\r\n:0\r\n:0\r\n:0\r\n*1\r\n+@admin\r\n*0\r\n*0\r\n*0\r\n',
    ],
  ])('%s', async (line, reply) => {
    expect(await server().connect().ask(line)).toBe(reply)
  })

  test('HELLO 3 changes the protocol, logs in and names the connection, and answers with a map', async () => {
    const { session, ask } = server([boss]).connect()
    const reply =
      '%7\r\n$6\r\nserver\r\n$8\r\nlifeboat\r\n$7\r\nversion\r\n$5\r\n7.2.0\r\n$5\r\nproto\r\n:3\r\n$2\r\nid\r\n:1\r\n$4\r\nmode\r\n$10\r\nstandalone\r\n$4\r\nrole\r\n$6\r\nmaster\r\n$7\r\nmodules\r\n*0\r\n'
    expect(await ask('HELLO 3 AUTH boss "all of it" SETNAME me')).toBe(reply)
    expect([session.protocol, session.user?.name, session.name]).toEqual([3, 'boss', 'me'])
    expect(await ask('CLIENT GETNAME')).toBe('$2\r\nme\r\n')
    await ask('RESET')
    expect([session.protocol, session.user, session.name]).toEqual([2, null, ''])
  })

  test('INFO has all sections in one text', async () => {
    const text = '# Server\r\nlifeboat_version:0.1.0\r\n\r\n# Clients\r\nconnected_clients:1\r\n'
    const { ask } = server().connect()
    for (const line of ['INFO', 'INFO everything', 'info all', 'INFO server clients']) {
      expect(await ask(line)).toBe(`$${text.length}\r\n${text}\r\n`)
    }
  })

  test('CLIENT LIST shows who is there, and KILL ends others at once and oneself after the reply', async () => {
    const { connect } = server()
    const [first, second] = [connect(), connect()]
    await second.ask('CLIENT SETNAME other')
    const line = (id: number, name: string, command: string) =>
      `id=${id} addr=127.0.0.1:${4000 + id} name=${name} age=3 idle=3 flags=N db=0 cmd=${command} user=default resp=2 lib-name= lib-ver=\n`
    const text = line(1, '', 'client') + line(2, 'other', 'client')
    expect(await first.ask('CLIENT LIST')).toBe(`$${text.length}\r\n${text}\r\n`)
    expect(await first.ask('CLIENT KILL ADDR 127.0.0.1:4002')).toBe(':1\r\n')
    expect(second.killed).toEqual([2])
    expect(await first.ask('CLIENT KILL 127.0.0.1:4001')).toBe('+OK\r\n')
    expect([first.killed, first.session.isEnding]).toEqual([[], true])
  })
})

describe('unknown commands', () => {
  test.each([
    ['FOO', "-ERR unknown command 'FOO', with args beginning with: \r\n"],
    ['foo bar "b z"', "-ERR unknown command 'foo', with args beginning with: 'bar' 'b z' \r\n"],
    ['"a\\r\\nb" x', "-ERR unknown command 'a  b', with args beginning with: 'x' \r\n"],
  ])('%s', async (line, reply) => {
    expect(await server().connect().ask(line)).toBe(reply)
  })

  test('long ones are cut', async () => {
    const reply = await server()
      .connect()
      .ask(`${'x'.repeat(1000)} ${'y'.repeat(1000)} z`)
    expect(reply).toBe(`-ERR unknown command '${'x'.repeat(128)}', with args beginning with: '${'y'.repeat(128)}' \r\n`)
  })
})

describe('who may do what', () => {
  test.each(['PING', 'ADMIN.BACKUP LIST', 'NOSUCH', 'INFO', 'COMMAND', 'CLIENT ID', 'ECHO x'])(
    '%s needs a login',
    async (line) => {
      expect(await server([boss]).connect().ask(line)).toBe('-NOAUTH Authentication required.\r\n')
    },
  )

  test('HELLO without a login says how', async () => {
    expect(await server([boss]).connect().ask('HELLO 3')).toBe(
      '-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time\r\n',
    )
  })

  test.each(['AUTH boss wrong', 'AUTH nobody "all of it"', 'AUTH "all of it"', 'AUTH boss ""', 'HELLO 3 AUTH boss x'])(
    '%s is refused and changes nothing',
    async (line) => {
      const { ask, session } = server([boss]).connect()
      expect(await ask(line)).toBe('-WRONGPASS invalid username-password pair or user is disabled.\r\n')
      expect([session.user, session.protocol, await ask('PING')]).toEqual([
        null,
        2,
        '-NOAUTH Authentication required.\r\n',
      ])
    },
  )

  test('a HELLO with a name that cannot be is refused whole', async () => {
    const { ask, session } = server([boss]).connect()
    expect(await ask('HELLO 3 AUTH boss "all of it" SETNAME "a b"')).toMatch(/^-ERR Client names/)
    expect([session.user, session.protocol]).toEqual([null, 2])
  })

  test('a password alone is that of the default user', async () => {
    const { ask } = server([{ name: 'default', password: 'p', commands: 'all' }]).connect()
    expect([await ask('AUTH p'), await ask('PING')]).toEqual(['+OK\r\n', '+PONG\r\n'])
  })

  test('a user runs what the rules name and what libraries need, and nothing else', async () => {
    const { ask } = server([reader]).connect()
    await ask('AUTH reader "look only"')
    const answers = await Promise.all(
      [
        'admin.backup list',
        'ADMIN.BACKUP DELETE 1',
        'PING',
        'INFO',
        'CLIENT ID',
        'CLIENT LIST',
        'CLIENT KILL ID 1',
      ].map(ask),
    )
    expect(answers.map((answer) => answer.split('\r\n')[0])).toEqual([
      '+OK',
      "-NOPERM User reader has no permissions to run the 'admin.backup' command",
      '+PONG',
      '$68',
      ':1',
      "-NOPERM User reader has no permissions to run the 'client|list' command",
      "-NOPERM User reader has no permissions to run the 'client|kill' command",
    ])
  })

  test.each<[string, readonly UserSettings[]]>([
    ['without a name', [{ ...boss, name: '' }]],
    ['with a space in the name', [{ ...boss, name: 'a b' }]],
    ['without a password', [{ ...boss, password: '' }]],
    ['twice', [boss, boss]],
  ])('a user %s is refused', (_what, users) => {
    expect(() => new Users(users)).toThrow(AppError)
  })
})

describe('handlers that fail', () => {
  const failing = (run: Command['run']): readonly Command[] => [{ ...backup, run }]
  const appError = new AppError('BACKUP_NOT_FOUND', { message: 'no such backup', subject: '9' })
  const ask = async (run: Command['run']) => {
    const { connect, bugs } = server([], failing(run))
    return { reply: await connect().ask('ADMIN.BACKUP INFO 9'), bugs }
  }

  test.each<[string, Command['run']]>([
    [
      'thrown',
      () => {
        throw appError
      },
    ],
    ['rejected', () => Promise.reject(appError)],
  ])('an expected failure, %s, is a reply', async (_how, run) => {
    expect(await ask(run)).toEqual({ reply: '-NOTFOUND no such backup: 9\r\n', bugs: [] })
  })

  const bug = new TypeError('secret detail')
  test.each<[string, Command['run']]>([
    [
      'thrown',
      () => {
        throw bug
      },
    ],
    ['rejected', () => Promise.reject(bug)],
  ])('a bug, %s, is told to us and not to the client', async (_how, run) => {
    expect(await ask(run)).toEqual({ reply: '-ERR internal error\r\n', bugs: [bug] })
  })
})
