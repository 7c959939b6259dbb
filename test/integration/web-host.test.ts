// Goal: the browser host answers its own page alone. Method: raw HTTP requests and WebSockets, as a page of another site,
// another program of this machine, and the real page would send them.
import { mkdirSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { createORPCClient } from '@orpc/client'
import { RPCLink } from '@orpc/client/websocket'
import type { ContractRouterClient } from '@orpc/contract'
import { describe, expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Contract } from '#contract'
import { startWebHost, type WebHost } from '../../src-main/hosts/web/server.ts'
import { useCore } from '../support/core-under-test.ts'
import { copyFixture } from '../support/fixtures.ts'
import { tempDir } from '../support/temp-dir.ts'

const shared = useCore()

async function startHost(): Promise<{ host: WebHost; usedLinks: string[] }> {
  const folder = tempDir()
  const pageFolder = join(folder, 'renderer')
  mkdirSync(join(pageFolder, 'assets'), { recursive: true })
  writeFileSync(join(pageFolder, 'index.html'), '<title>Lifeboat</title>')
  writeFileSync(join(pageFolder, 'assets', 'app-1a2b.js'), 'export {}')
  writeFileSync(join(folder, 'secret'), 'not a part of the page')
  const usedLinks: string[] = []
  const host = await startWebHost({
    core: shared.core,
    pageFolder,
    port: 0,
    devPageOrigin: null,
    onUsedLink: (link) => usedLinks.push(link),
  })
  onTestFinished(() => host.close())
  return { host, usedLinks }
}

type Reply = { status: number; headers: Record<string, unknown>; body: string }

/** A request exactly as given: fetch would tidy paths and the Host header. */
function ask(
  port: number,
  path: string,
  options: { method?: string; headers?: Record<string, string> } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, ...options }, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString()
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    request.on('error', reject)
    request.end()
  })
}

async function cookieOf(host: WebHost): Promise<string> {
  const { pathname, search } = new URL(host.link())
  const { headers } = await ask(host.port, pathname + search)
  return String(headers['set-cookie']).split(';')[0] ?? ''
}

describe('the link', () => {
  test('gives a cookie that scripts cannot read and other sites cannot send, once', async () => {
    const { host, usedLinks } = await startHost()
    const link = host.link()
    const { pathname, search } = new URL(link)
    const first = await ask(host.port, pathname + search)
    expect([first.status, first.headers.location, first.body]).toEqual([303, '/', ''])
    expect(String(first.headers['set-cookie'])).toMatch(
      /^lifeboat_session=[\w-]{32}; HttpOnly; SameSite=Strict; Path=\/$/,
    )
    const second = await ask(host.port, pathname + search)
    expect([second.status, second.headers['set-cookie']]).toEqual([403, undefined])
    expect(usedLinks).toEqual([host.link()])
    expect(host.link()).not.toBe(link)
    const cookie = String(first.headers['set-cookie']).split(';')[0] ?? ''
    const reloaded = await ask(host.port, pathname + search, { headers: { cookie } })
    expect([reloaded.status, reloaded.headers.location]).toEqual([303, '/'])
    expect(usedLinks).toHaveLength(1)
  })

  test.each(['', 'x', 'a'.repeat(10_000), '%00', '../../etc'])('with the token %j opens nothing', async (token) => {
    const { host } = await startHost()
    const { status, headers } = await ask(host.port, `/?token=${token}`)
    expect([status, headers['set-cookie']]).toEqual([403, undefined])
  })
})

describe('a page', () => {
  test('is served with a strict policy to who has the cookie', async () => {
    const { host } = await startHost()
    const cookie = await cookieOf(host)
    const page = await ask(host.port, '/', { headers: { cookie } })
    expect([page.status, page.body]).toEqual([200, '<title>Lifeboat</title>'])
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    })
    const policy = String(page.headers['content-security-policy'])
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]) {
      expect(policy.split('; ')).toContain(rule)
    }
    expect(page.headers['access-control-allow-origin']).toBeUndefined()
    const asset = await ask(host.port, '/assets/app-1a2b.js', { headers: { cookie } })
    expect([asset.status, asset.headers['cache-control']]).toEqual([200, 'private, max-age=31536000, immutable'])
    const head = await ask(host.port, '/', { method: 'HEAD', headers: { cookie } })
    expect([head.status, head.body]).toEqual([200, ''])
  })

  test.each([
    ['no cookie', {}],
    ['a wrong cookie', { cookie: 'lifeboat_session=wrong' }],
    ['another cookie', { cookie: 'session=1; other=2' }],
  ])('is refused with %s', async (_what, headers) => {
    const { host } = await startHost()
    expect(await ask(host.port, '/', { headers })).toMatchObject({ status: 403 })
  })

  test.each(['evil.example', 'evil.example:80', '127.0.0.1', '127.0.0.1:1', 'localhost', '[::1]'])(
    'is refused to a request that names the host %j, whatever it carries',
    async (hostHeader) => {
      const { host } = await startHost()
      const cookie = await cookieOf(host)
      expect(await ask(host.port, '/', { headers: { cookie, host: hostHeader } })).toMatchObject({ status: 421 })
      const { search } = new URL(host.link())
      const entered = await ask(host.port, `/${search}`, { headers: { host: hostHeader } })
      expect([entered.status, entered.headers['set-cookie']]).toEqual([421, undefined])
    },
  )

  test('is served under the name localhost too', async () => {
    const { host } = await startHost()
    const cookie = await cookieOf(host)
    expect(await ask(host.port, '/', { headers: { cookie, host: `localhost:${host.port}` } })).toMatchObject({
      status: 200,
    })
  })

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('is not answered to %s', async (method) => {
    const { host } = await startHost()
    const cookie = await cookieOf(host)
    expect(await ask(host.port, '/', { method, headers: { cookie } })).toMatchObject({ status: 405 })
  })

  test.each([
    '/../secret',
    '/..%2fsecret',
    '/%2e%2e/secret',
    '/assets/../../secret',
    '/assets/..%5c..%5csecret',
    '/....//secret',
    '//secret',
    '/etc/passwd',
    '/index.html%00.js',
    '/assets',
    '/assets/',
  ])('is not to be had by the path %s', async (path) => {
    const { host } = await startHost()
    const cookie = await cookieOf(host)
    const { status, body } = await ask(host.port, path, { headers: { cookie } })
    expect([400, 404]).toContain(status)
    expect(body).not.toContain('not a part of the page')
  })

  test.each(['//', '///', 'http://[', '*', '//['])(
    'the address %j is answered, and does not end the program',
    async (path) => {
      const { host } = await startHost()
      expect([400, 403, 404]).toContain((await ask(host.port, path)).status)
      expect(await ask(host.port, '/')).toMatchObject({ status: 403 })
    },
  )
})

describe('the contract', () => {
  const origin = (host: WebHost) => `http://127.0.0.1:${host.port}`

  test('is called over a WebSocket with cookie and origin, events included', async () => {
    const { host } = await startHost()
    const cookie = await cookieOf(host)
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, { origin: origin(host), headers: { cookie } })
    onTestFinished(() => socket.close())
    const client: ContractRouterClient<Contract> = createORPCClient(new RPCLink({ websocket: socket as never }))
    expect(await client.app.info()).toMatchObject({ version: '0.0.0-test', platform: process.platform })
    const events = await client.sources.watch()
    expect((await events.next()).value).toMatchObject({ type: 'snapshot' })
    const source = await client.sources.open({ path: copyFixture('backup_v1') })
    expect((await events.next()).value).toMatchObject({ type: 'changed', source: { sourceId: source.sourceId } })
    await expect(client.sources.open({ path: join(tempDir(), 'absent') })).rejects.toMatchObject({
      code: 'LIFEBOAT',
      data: { code: 'PATH_NOT_FOUND' },
    })
    await expect(client.sources.get({ sourceId: -1 })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
    await events.return?.(undefined)
  })

  type Attempt = { path?: string; origin?: string; cookie?: string; host?: string }

  /** "open", or the status with which the upgrade was refused. */
  function upgrade(host: WebHost, attempt: Attempt): Promise<string> {
    const headers: Record<string, string> = {}
    if (attempt.cookie !== undefined) headers.cookie = attempt.cookie
    if (attempt.host !== undefined) headers.host = attempt.host
    const options = attempt.origin === undefined ? { headers } : { headers, origin: attempt.origin }
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}${attempt.path ?? '/rpc'}`, options)
    return new Promise((resolve) => {
      socket.on('open', () => {
        socket.close()
        resolve('open')
      })
      socket.on('unexpected-response', (_request, response) => resolve(String(response.statusCode)))
      socket.on('error', (cause) => resolve(cause.message))
    })
  }

  test('is opened to its own page alone', async () => {
    const { host } = await startHost()
    const cookie = await cookieOf(host)
    const own = { origin: origin(host), cookie }
    const { cookie: _none, ...withoutCookie } = own
    const { origin: _nowhere, ...withoutOrigin } = own
    const attempts: [what: string, attempt: Attempt, outcome: string][] = [
      ['its page', own, 'open'],
      [
        'its page by the other name',
        { ...own, origin: `http://localhost:${host.port}`, host: `localhost:${host.port}` },
        'open',
      ],
      ['no cookie', withoutCookie, '403'],
      ['a wrong cookie', { ...own, cookie: 'lifeboat_session=wrong' }, '403'],
      ['another site', { ...own, origin: 'http://evil.example' }, '403'],
      ['another port', { ...own, origin: 'http://127.0.0.1:1' }, '403'],
      ['https', { ...own, origin: `https://127.0.0.1:${host.port}` }, '403'],
      ['a sandboxed page', { ...own, origin: 'null' }, '403'],
      ['no origin', withoutOrigin, '403'],
      ['a rebound name', { ...own, host: 'evil.example' }, '403'],
      ['another path', { ...own, path: '/other' }, '403'],
      ['a path with more', { ...own, path: '/rpc?x=1' }, '403'],
    ]
    const outcomes = await Promise.all(attempts.map(([, attempt]) => upgrade(host, attempt)))
    expect(outcomes.map((outcome, index) => [attempts[index]?.[0], outcome])).toEqual(
      attempts.map(([what, , outcome]) => [what, outcome]),
    )
  })

  test('outlives strangers that hang up in the middle of an upgrade', async () => {
    const { host } = await startHost()
    for (let count = 0; count < 20; count += 1) {
      await new Promise<void>((resolve) => {
        const socket = connect(host.port, '127.0.0.1', () => {
          socket.write('GET /rpc HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n', () => {
            socket.resetAndDestroy()
            resolve()
          })
        })
      })
    }
    const cookie = await cookieOf(host)
    expect(await ask(host.port, '/', { headers: { cookie } })).toMatchObject({ status: 200 })
  })

  test('does not take messages beyond its bound', async () => {
    const { host } = await startHost()
    const cookie = await cookieOf(host)
    const socket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, { origin: origin(host), headers: { cookie } })
    const closed = new Promise<number>((resolve) => {
      socket.on('close', (code) => resolve(code))
      socket.on('error', () => {})
    })
    socket.on('open', () => socket.send(Buffer.alloc(17 * 1024 * 1024)))
    expect([1006, 1009]).toContain(await closed)
    expect(await ask(host.port, '/', { headers: { cookie } })).toMatchObject({ status: 200 })
  })
})

test('it listens on the loopback address alone', async (context) => {
  const { host } = await startHost()
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')
  if (outside === undefined) return context.skip('did not run: this machine has no address but loopback')
  const refusal = await new Promise((resolve) => {
    const socket = connect(host.port, outside.address, () => resolve('connected'))
    socket.on('error', (cause: NodeJS.ErrnoException) => resolve(cause.code))
  })
  expect(refusal).toBe('ECONNREFUSED')
})

test('closing ends open connections at once', async () => {
  const { host } = await startHost()
  const cookie = await cookieOf(host)
  const socket = new WebSocket(`ws://127.0.0.1:${host.port}/rpc`, {
    origin: `http://127.0.0.1:${host.port}`,
    headers: { cookie },
  })
  await new Promise((resolve) => socket.on('open', resolve))
  const closed = new Promise((resolve) => socket.on('close', resolve))
  await host.close()
  await closed
  await expect(ask(host.port, '/')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})
