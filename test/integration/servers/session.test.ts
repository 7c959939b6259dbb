import { describe, expect, test } from 'vitest'
import { raw } from '../../unit/servers/support/encode-reply.ts'
import { fixtures } from '../../unit/servers/support/fixtures.ts'
import { agentSession, codeOf, enterprise, is, openSession } from '../../unit/servers/support/open-session.ts'
import { agentRow, playAgent } from '../../unit/servers/support/play-agent.ts'
import { type Script, startScriptedServer, unusedPort } from '../../unit/servers/support/scripted-server.ts'

describe('probe', () => {
  const answers: Record<string, Script> = {
    agent: playAgent().script,
    enterprise: enterprise().script,
    public: (command, peer) => {
      if (command[0] === 'PING') peer.send('+PONG\r\n')
      else if (command[0] === 'INFO') peer.send(raw('# Server\r\nsamyama_version:1.7.0\r\n'))
      else peer.send(fixtures.publicEditionError)
    },
    redis: (command, peer) => {
      if (command[0] === 'PING') peer.send('+PONG\r\n')
      else if (command[0] === 'INFO') peer.send(raw('# Server\r\nredis_version:7.2.4\r\n'))
      else peer.send("-ERR unknown command 'ADMIN.BACKUP', with args beginning with: 'LIST'\r\n")
    },
    licence: (command, peer) => {
      if (command[0] === 'PING') peer.send('+PONG\r\n')
      else peer.send(command[0] === 'INFO' ? raw('samyama_version:1.11.0') : '-ERR licence expired\r\n')
    },
    locked: (_, peer) => peer.send('-NOAUTH Authentication required.\r\n'),
  }

  test.each<[string, object, (string | boolean | null)[]]>([
    ['agent', { kind: 'lifeboat', version: '0.1.0', program: null, edition: null }, ['granted', true, null]],
    [
      'enterprise',
      { kind: 'samyama', version: '1.11.0', program: null, edition: 'enterprise' },
      ['granted', true, null],
    ],
    [
      'public',
      { kind: 'samyama', version: '1.7.0', program: null, edition: 'public' },
      ['granted', false, 'SERVER_LACKS_COMMAND'],
    ],
    [
      'redis',
      { kind: 'redis', version: '7.2.4', program: null, edition: null },
      ['granted', false, 'SERVER_LACKS_COMMAND'],
    ],
    [
      'licence',
      { kind: 'samyama', version: '1.11.0', program: null, edition: 'enterprise' },
      ['granted', true, 'SERVER_REFUSED'],
    ],
    ['locked', { kind: 'unknown', version: null, program: null, edition: null }, ['refused', null, 'SERVER_REFUSED']],
  ])('recognises: %s', async (name, product, [access, hasAdminBackup, error]) => {
    const server = await startScriptedServer(answers[name]!)
    const probe = await openSession(server.port).probe()
    expect([probe.reachable, probe.product, probe.access, probe.hasAdminBackup, probe.error?.code ?? null]).toEqual([
      true,
      product,
      access,
      hasAdminBackup,
      error,
    ])
    expect(probe.latencyUs).toBe(250)
    expect(server.commands.every(([first, second]) => first !== 'ADMIN.BACKUP' || second === 'LIST')).toBe(true)
  })

  test('tells what each may do: all of our own agent, three commands elsewhere, DELETE when switched on', async () => {
    const agents = await startScriptedServer(answers.agent!)
    const others = await startScriptedServer(answers.enterprise!)
    const all = (await openSession(agents.port).probe()).capabilities
    const few = (await openSession(others.port).probe()).capabilities
    const more = (await openSession(others.port, { mayDeleteElsewhere: true }).probe()).capabilities
    const allowed = (each: object) =>
      Object.entries(each)
        .filter(([, may]) => may)
        .map(([key]) => key)
    expect([Object.values(all).every(Boolean), allowed(few), allowed(more)]).toEqual([
      true,
      ['list', 'create', 'verify'],
      ['list', 'create', 'verify', 'delete'],
    ])
  })

  test('says that nobody is there, and asks again the next time', async () => {
    const session = openSession(await unusedPort())
    const probe = await session.probe()
    expect([probe.reachable, probe.access, probe.error?.code]).toEqual([false, 'unknown', 'SERVER_UNREACHABLE'])
    expect(await codeOf(session.listBackups())).toBe('SERVER_UNREACHABLE')
  })

  test('gives up on a server that takes the connection and says nothing', async () => {
    const server = await startScriptedServer(() => {})
    const session = openSession(server.port, { timeouts: { connectMs: 5000, readMs: 60 } })
    const probe = await session.probe()
    expect([probe.reachable, probe.error?.code, server.commands]).toEqual([false, 'SERVER_UNREACHABLE', [['PING']]])
  })
})

describe('reading', () => {
  test('is asked once more over a new connection when the first is reset', async () => {
    let resets = 1
    const { server, session } = await agentSession((command, peer) => {
      if (!is(command, 'LIST') || !command.includes('200') || resets === 0) return false
      resets -= 1
      peer.reset()
      return true
    })
    const { reading } = await session.listBackups()
    expect(reading.value?.map((backup) => backup.id)).toEqual(['2', '1'])
    expect([server.countOf('ADMIN.BACKUP', 'LIST', 'LIMIT', '200'), server.chunks.length]).toEqual([2, 2])
  })

  test('gives up after the second loss', async () => {
    const { server, session } = await agentSession((command, peer) => {
      if (!is(command, 'LIST') || !command.includes('200')) return false
      peer.send('*5\r\n')
      peer.end()
      return true
    })
    expect(await codeOf(session.listBackups())).toBe('SERVER_UNREACHABLE')
    expect(server.countOf('ADMIN.BACKUP', 'LIST', 'LIMIT', '200')).toBe(2)
  })

  test('drops a connection on which a PONG comes for LIST, and asks over another', async () => {
    const connections: number[] = []
    const { session } = await agentSession((command, peer) => {
      if (!is(command, 'LIST') || !command.includes('200')) return false
      connections.push(peer.connection)
      if (connections.length > 1) return false
      peer.send(fixtures.pong)
      return true
    })
    const { reading } = await session.listBackups()
    expect([reading.value?.length, connections]).toEqual([2, [0, 1]])
  })

  test.each([
    ['a protocol error', '-ERR Protocol error: invalid bulk length\r\n'],
    ['an unknown command that was known before', "-ERR unknown command 'IN.BACKUP'\r\n"],
    ['no reply at all', 'garbage\r\n'],
  ])('tells it from an answer when the server misreads it: %s', async (_, reply) => {
    const { server, session } = await agentSession((command, peer) => {
      if (!is(command, 'LIST') || !command.includes('200')) return false
      peer.send(reply)
      return true
    })
    expect(await codeOf(session.listBackups())).toBe('REPLY_NOT_UNDERSTOOD')
    expect(server.countOf('ADMIN.BACKUP', 'LIST', 'LIMIT', '200')).toBe(2)
  })

  test('pages through a long list of our own agent, with room on every connection', async () => {
    const { server, session } = await agentSession(undefined, 1050)
    const { reading, rawReplies } = await session.listBackups()
    expect([
      reading.confidence,
      reading.value?.length,
      reading.value?.[0]?.id,
      reading.value?.at(-1)?.id,
      rawReplies.length,
    ]).toEqual(['certain', 1050, '1050', '1', 6])
    for (let count = 0; count < 80; count += 1) await session.retention()
    expect(server.chunks.length).toBeGreaterThan(1)
    for (const chunks of server.chunks) expect(Buffer.concat(chunks).length).toBeLessThanOrEqual(3500)
  })

  test('doubts a list from which newer backups are gone, and one of another shape', async () => {
    let rows: unknown = [{ id: 5 }, { id: 6 }, { id: 7 }]
    const played = enterprise((command, peer) => {
      if (is(command, 'LIST')) peer.send(raw(rows))
      return is(command, 'LIST')
    })
    const session = openSession((await startScriptedServer(played.script)).port)
    const judged = async (next: unknown) => {
      rows = next
      const { reading } = await session.listBackups()
      return [reading.confidence, ...reading.warnings]
    }
    expect(await judged(rows)).toEqual(['certain'])
    expect(await judged([{ id: 6 }, { id: 7 }])).toEqual(['certain'])
    expect(await judged([{ id: 6 }])).toEqual(['likely', 'Backups are gone that retention does not explain: 7.'])
    expect(
      await judged([
        ['id', 'kind'],
        [6, 'full'],
      ]),
    ).toEqual(['guess', 'The server answered in another shape than before (array of maps).'])
    expect(await judged([])).toEqual(['likely', 'Backups are gone that retention does not explain: 6.'])
  })
})

describe('rows of the played agent', () => {
  test('have the fields of the design', () => {
    const names = agentRow({ id: 1, kind: 'full', label: '' }).filter((_, index) => index % 2 === 0)
    expect(names).toEqual([
      'id',
      'kind',
      'state',
      'created_us',
      'first_seq',
      'last_seq',
      'bytes',
      'files',
      'base',
      'label',
      'verified_us',
    ])
  })
})
