import { describe, expect, test } from 'vitest'
import { raw } from '../../unit/servers/support/encode-reply.ts'
import { agentSession, codeOf, enterprise, is, openSession } from '../../unit/servers/support/open-session.ts'
import { startScriptedServer } from '../../unit/servers/support/scripted-server.ts'

describe('what acts on an id', () => {
  test('takes none that no list of this session named', async () => {
    const { server, session } = await agentSession()
    expect(await codeOf(session.verify('1', null))).toBe('BACKUP_NOT_FOUND')
    expect(await codeOf(session.deleteBackup('1', false))).toBe('BACKUP_NOT_FOUND')
    await session.listBackups()
    expect(await codeOf(session.backupInfo('3'))).toBe('BACKUP_NOT_FOUND')
    const acting = ['VERIFY', 'DELETE', 'INFO'].map((subcommand) => server.countOf('ADMIN.BACKUP', subcommand))
    expect(acting).toEqual([0, 0, 0])
  })

  test('takes none that is a guess', async () => {
    const played = enterprise((command, peer) => {
      if (is(command, 'LIST')) peer.send(raw('backup 5 of today\nbackup 6 of today'))
      return is(command, 'LIST')
    })
    const server = await startScriptedServer(played.script)
    const session = openSession(server.port, { mayDeleteElsewhere: true })
    const { reading } = await session.listBackups()
    expect(reading.value?.map((backup) => backup.id)).toEqual(['5', '6'])
    expect(await codeOf(session.verify('5', null))).toBe('REPLY_NOT_UNDERSTOOD')
    expect(await codeOf(session.deleteBackup('5', false))).toBe('REPLY_NOT_UNDERSTOOD')
    expect([server.countOf('ADMIN.BACKUP', 'VERIFY'), server.countOf('ADMIN.BACKUP', 'DELETE')]).toEqual([0, 0])
  })

  test('keeps the ids of the last understood list when a later one is not understood', async () => {
    let isGarbled = false
    const played = enterprise((command, peer) => {
      if (is(command, 'LIST') && isGarbled) peer.send('+hello\r\n')
      return is(command, 'LIST') && isGarbled
    })
    const session = openSession((await startScriptedServer(played.script)).port)
    await session.listBackups()
    isGarbled = true
    const { reading } = await session.listBackups()
    expect([reading.understood, reading.rawText]).toEqual([false, 'hello'])
    expect((await session.verify('5', null)).reading.value?.verdict).toBe('passed')
  })

  test('VERIFY takes a level where levels are known, and keeps the three verdicts apart', async () => {
    const replies = ['-CORRUPT 000012.sst at 4096\r\n', '-NOTFOUND backup 1\r\n', raw('who knows')]
    const { server, session } = await agentSession((command, peer) => {
      if (!is(command, 'VERIFY') || command.includes('deep')) return false
      peer.send(replies.shift()!)
      return true
    })
    await session.listBackups()
    const verdicts = [
      await session.verify('1', 'deep'),
      await session.verify('1', null),
      await session.verify('1', null),
      await session.verify('1', null),
    ]
    expect(verdicts.map(({ reading }) => reading.value?.verdict)).toEqual(['passed', 'failed', 'absent', 'unknown'])
    expect(server.commands.filter((command) => is(command, 'VERIFY'))[0]).toEqual([
      'ADMIN.BACKUP',
      'VERIFY',
      '1',
      'LEVEL',
      'deep',
    ])
    const elsewhere = openSession((await startScriptedServer(enterprise().script)).port)
    await elsewhere.listBackups()
    expect(await codeOf(elsewhere.verify('5', 'deep'))).toBe('SERVER_LACKS_COMMAND')
  })

  test('VERIFY whose reply is lost proves nothing, and is not repeated', async () => {
    const { server, session } = await agentSession((command, peer) => {
      if (is(command, 'VERIFY')) peer.reset()
      return is(command, 'VERIFY')
    })
    await session.listBackups()
    expect([await codeOf(session.verify('1', null)), server.countOf('ADMIN.BACKUP', 'VERIFY')]).toEqual([
      'SERVER_UNREACHABLE',
      1,
    ])
  })

  test('INFO of a backup comes back with its chain', async () => {
    const { session } = await agentSession()
    await session.listBackups()
    const { reading } = await session.backupInfo('2')
    expect([reading.value?.backup.id, reading.value?.chain]).toEqual(['2', ['2']])
  })

  test('DELETE is done when the list no longer shows it, even when its reply was lost', async () => {
    const { server, session } = await agentSession((command, peer, backups) => {
      if (!is(command, 'DELETE')) return false
      backups.shift()
      peer.reset()
      return true
    })
    await session.listBackups()
    const result = await session.deleteBackup('1', true)
    expect([result.gone, result.error, server.commands.filter((command) => is(command, 'DELETE'))]).toEqual([
      ['1'],
      null,
      [['ADMIN.BACKUP', 'DELETE', '1', 'FORCE']],
    ])
    expect((await session.listBackups()).reading.warnings).toEqual([])
  })

  test('DELETE is unknown when the list still shows it, and an error when the server says why not', async () => {
    const replies: (string | null)[] = [null, '+OK\r\n', '-CHAIN backup 2 needs it\r\n']
    const { server, session } = await agentSession((command, peer) => {
      if (!is(command, 'DELETE')) return false
      const reply = replies.shift()
      if (reply === null || reply === undefined) peer.reset()
      else peer.send(reply)
      return true
    })
    await session.listBackups()
    const codes = [
      (await session.deleteBackup('1', false)).error?.code,
      (await session.deleteBackup('1', false)).error?.code,
    ]
    expect([
      ...codes,
      await codeOf(session.deleteBackup('1', false)),
      server.countOf('ADMIN.BACKUP', 'DELETE'),
    ]).toEqual(['OUTCOME_UNKNOWN', 'OUTCOME_UNKNOWN', 'BACKUP_NEEDED', 3])
  })

  test('DELETE goes to other servers only when switched on, and never with FORCE', async () => {
    const server = await startScriptedServer(enterprise().script)
    const off = openSession(server.port)
    await off.listBackups()
    expect(await codeOf(off.deleteBackup('5', false))).toBe('SERVER_LACKS_COMMAND')
    const on = openSession(server.port, { mayDeleteElsewhere: true })
    await on.listBackups()
    expect(await codeOf(on.deleteBackup('5', true))).toBe('SERVER_LACKS_COMMAND')
    expect(server.countOf('ADMIN.BACKUP', 'DELETE')).toBe(0)
    expect((await on.deleteBackup('5', false)).gone).toEqual(['5'])
  })
})

describe('retention', () => {
  test('is read, and tried dry without changing anything', async () => {
    const { agent, session } = await agentSession()
    expect((await session.retention()).reading.value).toEqual(expect.objectContaining({ countMax: 7, ageMaxDays: 30 }))
    expect((await session.pruneDryRun()).reading.value).toEqual([{ id: '1', rule: 'maxcount 7' }])
    expect(agent.backups.length).toBe(2)
  })

  test('applied now tells what went, by the list too when the reply was lost', async () => {
    const { session } = await agentSession()
    const told = await session.prune()
    expect([told.gone, told.reading?.value, told.error]).toEqual([['1'], [{ id: '1', rule: 'maxcount 7' }], null])
    const lossy = await agentSession((command, peer, backups) => {
      if (!is(command, 'PRUNE')) return false
      backups.shift()
      peer.reset()
      return true
    })
    const lost = await lossy.session.prune()
    expect([lost.gone, lost.error?.code, lossy.server.countOf('ADMIN.BACKUP', 'PRUNE')]).toEqual([
      ['1'],
      'OUTCOME_UNKNOWN',
      1,
    ])
  })

  test.each([
    [7, 'no error'],
    [8, 'OUTCOME_UNKNOWN'],
  ])('set to %d with a lost reply is settled by reading it: %s', async (count, code) => {
    const { server, session } = await agentSession((command, peer) => {
      if (command[2] !== 'SET') return false
      peer.reset()
      return true
    })
    expect(await codeOf(session.setRetention(count, null))).toBe(code)
    expect(server.commands.filter((command) => command[2] === 'SET')).toEqual([
      ['ADMIN.BACKUP', 'RETENTION', 'SET', 'MAXCOUNT', String(count)],
    ])
  })

  test('and the rest are not asked of servers that are not known to have them', async () => {
    const server = await startScriptedServer(enterprise().script)
    const session = openSession(server.port)
    const codes = [
      await codeOf(session.retention()),
      await codeOf(session.prune()),
      await codeOf(session.pruneDryRun()),
      await codeOf(session.status()),
      await codeOf(session.backupInfo('5')),
    ]
    expect(new Set(codes)).toEqual(new Set(['SERVER_LACKS_COMMAND']))
    expect(new Set(server.commands.map((command) => command.slice(0, 2).join(' ')))).toEqual(
      new Set(['PING', 'INFO', 'ADMIN.BACKUP LIST']),
    )
  })
})
