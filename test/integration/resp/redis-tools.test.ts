import { describe, expect, test } from 'vitest'
import { runRedisTool, skipWithoutRedisTools } from '../../support/redis-tools.ts'
import { serve } from './serving.ts'

const quiet = { exitCode: 0, stderr: '' }

describe('redis-cli, as it is', () => {
  test.for<readonly [readonly string[], string]>([
    [['PING'], 'PONG\n'],
    [['-3', 'PING'], 'PONG\n'],
    [['ECHO', 'a b'], 'a b\n'],
    [['SHAPES'], 'id\n5\nok\n1\nrate\n2.5\nnone\n\nlist\na\n2\n'],
    [['-3', '--json', 'SHAPES'], '{"id":5,"ok":true,"rate":2.5,"none":null,"list":["a",2]}\n'],
    [['REFUSE'], 'NOTFOUND no such backup: 9\n\n'],
    [['BREAK'], 'ERR internal error\n\n'],
    [['NOSUCH', 'x'], "ERR unknown command 'NOSUCH', with args beginning with: 'x' \n\n"],
    [['INFO', 'server'], '# Server\r\nredis_version:7.2.0\r\nredis_mode:standalone\r\n'],
  ])('%j', async ([args, stdout], context) => {
    skipWithoutRedisTools(context)
    const { port } = await serve()
    expect(await runRedisTool('redis-cli', ['-p', String(port), ...args])).toEqual({ ...quiet, stdout })
  })

  test('typed commands and a password', async (context) => {
    skipWithoutRedisTools(context)
    const { port } = await serve({ users: [{ name: 'boss', password: 'secret word', commands: 'all' }] })
    const login = ['-p', String(port), '--user', 'boss', '--pass', 'secret word', '--no-auth-warning']
    const typed = 'PING\nECHO "a b"\nLENGTH \'it\\\'s\' ""\n'
    expect(await runRedisTool('redis-cli', login, typed)).toEqual({ ...quiet, stdout: 'PONG\na b\n4\n0\n' })
    const refused = await runRedisTool('redis-cli', ['-p', String(port)], 'PING\n')
    expect(refused.stdout).toBe('NOAUTH Authentication required.\n\n')
  })

  test('it learns the commands', async (context) => {
    skipWithoutRedisTools(context)
    const { port } = await serve()
    const { stdout } = await runRedisTool('redis-cli', [
      '-p',
      String(port),
      '--json',
      '-3',
      'COMMAND',
      'DOCS',
      'SHAPES',
    ])
    expect(JSON.parse(stdout)).toEqual({ shapes: { summary: 'For tests.', group: 'test' } })
  })

  test('10,000 commands through its pipe mode', async (context) => {
    skipWithoutRedisTools(context)
    const { port } = await serve()
    const output = await runRedisTool('redis-cli', ['-p', String(port), '--pipe'], 'PING\r\n'.repeat(10_000))
    expect(output.stdout).toContain('errors: 0, replies: 10000')
    expect(output.exitCode).toBe(0)
  })
})

test('redis-benchmark, 20,000 pings from 50 clients, 16 at once, as lines and as arrays', async (context) => {
  skipWithoutRedisTools(context)
  const { port, server, bugs } = await serve()
  const options = ['-p', String(port), '-t', 'ping', '-n', '20000', '-c', '50', '-P', '16', '--csv']
  const { exitCode, stdout } = await runRedisTool('redis-benchmark', options)
  const rows = stdout.split('\n').filter((line) => line.startsWith('"PING'))
  expect([exitCode, rows.map((row) => row.split(',')[0])]).toEqual([0, ['"PING_INLINE"', '"PING_MBULK"']])
  expect(rows.map((row) => Number(row.split('"')[3]) > 1000)).toEqual([true, true])
  await expect.poll(() => server.connectionCount).toBe(0)
  expect(bugs).toEqual([])
})
