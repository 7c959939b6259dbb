import type { Transport } from '../base/transport.ts'
import type { Host } from './host.ts'

/** The browser host: the core is behind a WebSocket of the page's own origin. */
export function createWebHost(pageAddress: string): Host {
  const address = new URL('/rpc', pageAddress)
  address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:'
  return {
    kind: 'web',
    openTransport: (signal) => openSocket(address.href, signal),
    chooseDirectory: null,
    revealPath: null,
    pathOfFile: () => null,
    setTheme: () => {},
  }
}

function openSocket(address: string, signal: AbortSignal): Promise<Transport> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const socket = new WebSocket(address)
    const closed = new Promise<void>((done) => socket.addEventListener('close', () => done(), { once: true }))
    const onAbort = () => socket.close()
    signal.addEventListener('abort', onAbort, { once: true })
    socket.addEventListener('open', () =>
      resolve({ channel: { kind: 'websocket', socket }, closed, close: () => socket.close() }),
    )
    void closed.then(() => {
      signal.removeEventListener('abort', onAbort)
      // after `open` this changes nothing: the promise is settled
      reject(new Error('The connection was refused.'))
    })
  })
}
