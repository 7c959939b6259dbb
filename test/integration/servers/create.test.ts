import { describe, expect, test } from 'vitest'
import { agentSession, codeOf, enterprise, is, openSession } from '../../unit/servers/support/open-session.ts'
import { addBackup } from '../../unit/servers/support/play-agent.ts'
import { type Peer, startScriptedServer } from '../../unit/servers/support/scripted-server.ts'

describe('create', () => {
  const lose: Record<string, (peer: Peer) => void> = {
    closed: (peer) => peer.end(),
    reset: (peer) => peer.reset(),
    'cut in the middle': (peer) => {
      peer.send(':1')
      peer.end()
    },
    silent: () => {},
    misread: (peer) => peer.send('-ERR Protocol error: expected $\r\n'),
    'answered twice': (peer) => peer.send(':1\r\n:2\r\n'),
  }
  const short = { timeouts: { connectMs: 5000, readMs: 5000, createMs: 80 } }

  test('makes a backup of our own agent, known by the label it was given', async () => {
    const { server, session } = await agentSession()
    const result = await session.create({ kind: 'full', label: 'before the upgrade' })
    expect([result.settled, result.reading?.value?.id, result.error]).toEqual([
      { outcome: 'created', id: '3', confidence: 'certain', reason: 'The new backup has the label of this request.' },
      '3',
      null,
    ])
    expect(server.commands.filter((command) => is(command, 'CREATE'))).toEqual([
      ['ADMIN.BACKUP', 'CREATE', 'FULL', 'LABEL', 'before the upgrade [t1]'],
    ])
  })

  test('sends a bare CREATE to other servers, and takes what reply and list agree on', async () => {
    const server = await startScriptedServer(enterprise().script)
    const result = await openSession(server.port).create({ kind: null, label: null })
    expect([result.settled, server.commands.filter((command) => is(command, 'CREATE'))]).toEqual([
      { outcome: 'created', id: '7', confidence: 'certain', reason: 'The reply and LIST agree.' },
      [['ADMIN.BACKUP', 'CREATE']],
    ])
  })

  test('is not sent to other servers with words that they are not known to take', async () => {
    const server = await startScriptedServer(enterprise().script)
    const session = openSession(server.port)
    expect(await codeOf(session.create({ kind: 'full', label: null }))).toBe('SERVER_LACKS_COMMAND')
    expect(await codeOf(session.create({ kind: null, label: 'x' }))).toBe('SERVER_LACKS_COMMAND')
    expect(server.countOf('ADMIN.BACKUP', 'CREATE')).toBe(0)
  })

  test.each(Object.entries(lose))(
    'whose reply is %s is sent once, and found by its label when it was made',
    async (_, act) => {
      const { server, session } = await agentSession(
        (command, peer, backups) => {
          if (!is(command, 'CREATE')) return false
          addBackup(command, backups)
          addBackup(['of another client'], backups)
          act(peer)
          return true
        },
        2,
        short,
      )
      const result = await session.create({ kind: null, label: null })
      expect([result.settled.outcome, result.settled.outcome === 'created' && result.settled.id, result.error]).toEqual(
        ['created', '3', null],
      )
      expect([
        server.countOf('ADMIN.BACKUP', 'CREATE'),
        server.commands.filter((command) => is(command, 'CREATE')),
      ]).toEqual([1, [['ADMIN.BACKUP', 'CREATE', 'LABEL', '[t1]']]])
    },
  )

  test.each(Object.entries(lose))(
    'whose reply is %s is sent once, and stays unknown when no list shows it',
    async (_, act) => {
      const { agent, server, session } = await agentSession(
        (command, peer) => {
          if (is(command, 'CREATE')) act(peer)
          return is(command, 'CREATE')
        },
        2,
        short,
      )
      const result = await session.create({ kind: null, label: null })
      expect([result.settled.outcome, result.error?.code, server.countOf('ADMIN.BACKUP', 'CREATE')]).toEqual([
        'not-seen',
        'OUTCOME_UNKNOWN',
        1,
      ])
      agent.backups.push({ id: 9, kind: 'full', label: '[t1]' })
      const later = await session.settleCreate(result)
      expect([later.settled.outcome, later.error, server.countOf('ADMIN.BACKUP', 'CREATE')]).toEqual([
        'created',
        null,
        1,
      ])
    },
  )

  test('whose reply is lost is only likely by one new backup, where labels are not known', async () => {
    const played = enterprise((command, peer) => {
      if (!is(command, 'CREATE')) return false
      played.ids.push(7)
      peer.reset()
      return true
    })
    const server = await startScriptedServer(played.script)
    const result = await openSession(server.port).create({ kind: null, label: null })
    expect([result.settled, server.countOf('ADMIN.BACKUP', 'CREATE')]).toEqual([
      { outcome: 'created', id: '7', confidence: 'likely', reason: 'LIST shows one new backup.' },
      1,
    ])
  })

  test('stays unknown when the server is gone for the list as well', async () => {
    let isDead = false
    const { server, session } = await agentSession((command, peer) => {
      isDead ||= is(command, 'CREATE')
      if (isDead) peer.reset()
      return isDead
    })
    const result = await session.create({ kind: null, label: null })
    expect([result.settled.outcome, result.error?.code, server.countOf('ADMIN.BACKUP', 'CREATE')]).toEqual([
      'unknown',
      'OUTCOME_UNKNOWN',
      1,
    ])
  })

  test('that the server runs in the background is started, not done', async () => {
    const played = enterprise((command, peer) => {
      if (is(command, 'CREATE')) peer.send('+Backup started in background\r\n')
      return is(command, 'CREATE')
    })
    const server = await startScriptedServer(played.script)
    const result = await openSession(server.port).create({ kind: null, label: null })
    expect(result.settled).toEqual({ outcome: 'started', id: null, reason: 'The server makes it in the background.' })
  })

  test.each([
    ['BUSY a full backup is running (job 12, 43 %)', 'SERVER_BUSY'],
    ['NOSPACE needed 10, free 5', 'DISK_FULL'],
    ['READONLY a replica', 'READ_ONLY'],
    ['NOPERM no', 'SERVER_REFUSED'],
    ['ERR storage degraded', 'SERVER_FAILED'],
    ['ERR something', 'SERVER_FAILED'],
  ])('that the server refuses with %s is an error, and nothing is unknown', async (text, code) => {
    const { server, session } = await agentSession((command, peer) => {
      if (is(command, 'CREATE')) peer.send(`-${text}\r\n`)
      return is(command, 'CREATE')
    })
    expect([
      await codeOf(session.create({ kind: null, label: null })),
      server.countOf('ADMIN.BACKUP', 'CREATE'),
    ]).toEqual([code, 1])
  })

  test('goes over a connection of its own, where nothing was sent before', async () => {
    const before: number[] = []
    const { session } = await agentSession((command, peer) => {
      if (is(command, 'CREATE')) before.push(peer.commandsBefore)
      return false
    })
    await session.create({ kind: null, label: null })
    await session.create({ kind: null, label: null })
    expect(before).toEqual([0, 0])
  })

  test('holds other commands back until it is answered, but not STATUS of our own agent', async () => {
    let finish = () => {}
    const { server, session } = await agentSession((command, peer, backups) => {
      if (!is(command, 'CREATE')) return false
      finish = () => peer.send(`:${addBackup(command, backups).id}\r\n`)
      return true
    })
    await session.probe()
    const creating = session.create({ kind: null, label: null })
    const listing = session.listBackups()
    await expect.poll(() => server.countOf('ADMIN.BACKUP', 'CREATE')).toBe(1)
    const lists = server.countOf('ADMIN.BACKUP', 'LIST')
    const { reading } = await session.status()
    expect([reading.value?.progress, server.countOf('ADMIN.BACKUP', 'LIST')]).toEqual(['43 %', lists])
    finish()
    expect([(await creating).settled.outcome, (await listing).reading.value?.length]).toEqual(['created', 3])
  })

  test('that is cut by closing the session is unknown, not repeated', async () => {
    const { server, session } = await agentSession((command) => is(command, 'CREATE'))
    const creating = session.create({ kind: null, label: null })
    await expect.poll(() => server.countOf('ADMIN.BACKUP', 'CREATE')).toBe(1)
    session.close()
    const result = await creating
    expect([result.error?.code, server.countOf('ADMIN.BACKUP', 'CREATE')]).toEqual(['OUTCOME_UNKNOWN', 1])
  })
})
