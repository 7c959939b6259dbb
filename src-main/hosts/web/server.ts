import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { RPCHandler } from '@orpc/server/ws'
import { WebSocketServer } from 'ws'
import type { Core } from '../../core/create-core.ts'
import { Sessions } from './session.ts'
import { StaticFiles } from './static-files.ts'

const MESSAGE_BYTES_MAX = 16 * 1024 * 1024

export type WebHostOptions = {
  core: Core
  /** the built page */
  pageFolder: string
  /** 0: any free one */
  port: number
  /** the development server that serves the page instead, and passes /rpc on to here; null: none */
  devPageOrigin: string | null
  /** called when somebody came with a link that was used before, so that a new one can be printed */
  onUsedLink: (link: string) => void
}

export type WebHost = {
  /** the address with a token that works once */
  link(): string
  port: number
  close(): Promise<void>
}

/**
 * Serves the page and the contract on 127.0.0.1 alone. Every request must name this host (a page of another site that
 * points its name at 127.0.0.1 does not) and, but for the link itself, carry the session's cookie.
 */
export async function startWebHost(options: WebHostOptions): Promise<WebHost> {
  const sessions = new Sessions()
  const files = new StaticFiles(options.pageFolder)
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MESSAGE_BYTES_MAX })
  const handler = new RPCHandler(options.core.router)
  const server = createServer((request, response) => {
    respond(request, response).catch(() => fail(response))
  })
  const port = await listen(server, options.port)
  const link = () => `http://127.0.0.1:${port}/?token=${sessions.token}`
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const origins = hosts.map((host) => `http://${host}`)
  if (options.devPageOrigin !== null) origins.push(options.devPageOrigin)
  const isOurHost = (request: IncomingMessage) => hosts.includes(request.headers.host ?? '')

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!isOurHost(request)) return refuse(response, 421, 'This address is not served here.')
    const url = URL.parse(`http://127.0.0.1:${port}${request.url}`)
    if (url === null) return refuse(response, 400, 'This is not an address.')
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Only GET is answered.')
    const token = url.searchParams.get('token')
    if (token !== null) return enter(token, request, response)
    if (!sessions.isKnown(request.headers.cookie)) {
      return refuse(response, 403, 'Open Lifeboat with the link that its terminal shows.')
    }
    const file = await files.get(url.pathname)
    if (file === null) return refuse(response, 404, 'There is nothing here.')
    response.writeHead(200, {
      ...headers(port),
      'content-type': file.type,
      'cache-control': file.isImmutable ? 'private, max-age=31536000, immutable' : 'no-store',
    })
    response.end(request.method === 'HEAD' ? undefined : file.body)
  }

  function enter(token: string, request: IncomingMessage, response: ServerResponse): void {
    const cookie = sessions.exchange(token)
    if (cookie === null && !sessions.isKnown(request.headers.cookie)) {
      options.onUsedLink(link())
      refuse(response, 403, 'This link was used already. The terminal shows a new one.')
      return
    }
    const setCookie = cookie === null ? {} : { 'set-cookie': cookie }
    response.writeHead(303, {
      ...headers(port),
      ...setCookie,
      location: options.devPageOrigin ?? '/',
      'cache-control': 'no-store',
    })
    response.end()
  }

  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // a stranger may hang up before the answer
    socket.on('error', () => socket.destroy())
    const isAllowed =
      isOurHost(request) &&
      request.url === '/rpc' &&
      origins.includes(request.headers.origin ?? '') &&
      sessions.isKnown(request.headers.cookie)
    if (!isAllowed) {
      socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n')
      return
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      // a broken connection closes itself; the page makes a new one
      webSocket.on('error', () => webSocket.terminate())
      void handler.upgrade(webSocket)
    })
  })

  return {
    link,
    port,
    async close() {
      for (const client of sockets.clients) client.terminate()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

function headers(port: number): Record<string, string> {
  return {
    'content-security-policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self' 'unsafe-inline'",
      "img-src 'self' data:",
      "font-src 'self'",
      `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}`,
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  }
}

function refuse(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
  response.end(`${sentence}\n`)
}

/** Nothing that a request causes may end the program. */
function fail(response: ServerResponse): void {
  if (response.headersSent) response.destroy()
  else refuse(response, 500, 'Lifeboat could not read its own page.')
}

function listen(server: ReturnType<typeof createServer>, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject)
      resolve((server.address() as AddressInfo).port)
    })
  })
}
