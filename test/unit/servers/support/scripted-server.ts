import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import { onTestFinished } from 'vitest'

/** One connection as the script sees it. */
export type Peer = {
  /** counts from 0 */
  readonly connection: number
  /** commands of this connection before this one */
  readonly commandsBefore: number
  readonly send: (bytes: string | Uint8Array) => void
  /** closes in an orderly way, after what was sent */
  readonly end: () => void
  /** resets the connection */
  readonly reset: () => void
}

/** Called for each whole command; may answer, or not. */
export type Script = (command: readonly string[], peer: Peer) => void

export type ScriptedServer = {
  readonly port: number
  /** every command received, over all connections, in order */
  readonly commands: string[][]
  /** what each connection received, chunk by chunk as it arrived */
  readonly chunks: Buffer[][]
  readonly countOf: (...prefix: string[]) => number
}

/** A server on a free port that plays a script; it ends with the test. */
export async function startScriptedServer(script: Script, tls?: TlsOptions): Promise<ScriptedServer> {
  const commands: string[][] = []
  const chunks: Buffer[][] = []
  const sockets = new Set<Socket>()
  const serve = (socket: Socket) => {
    sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
    const own: Buffer[] = []
    const connection = chunks.push(own) - 1
    let pending = Buffer.alloc(0)
    let commandsBefore = 0
    socket.on('data', (chunk: Buffer) => {
      own.push(chunk)
      pending = Buffer.concat([pending, chunk])
      for (let next = takeCommand(pending); next !== null; next = takeCommand(pending)) {
        pending = pending.subarray(next.bytes)
        commands.push(next.words)
        script(next.words, {
          connection,
          commandsBefore,
          send: (bytes) => void (socket.writable && socket.write(bytes)),
          end: () => void socket.end(),
          reset: () => void socket.resetAndDestroy(),
        })
        commandsBefore += 1
      }
    })
  }
  const server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve)
  server.on('tlsClientError', () => {})
  const port = await listen(server)
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  const countOf = (...prefix: string[]) =>
    commands.filter((command) => prefix.every((word, index) => command[index] === word)).length
  return { port, commands, chunks, countOf }
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      if (address === null || typeof address === 'string') reject(new Error('no port'))
      else resolve(address.port)
    })
  })
}

/** A command as clients send it, an array of bulk strings, from the front of `bytes`. */
function takeCommand(bytes: Buffer): { words: string[]; bytes: number } | null {
  const text = bytes.toString('latin1')
  const head = /^\*(\d+)\r\n/.exec(text)
  if (head === null) return null
  let at = head[0].length
  const words: string[] = []
  for (let index = 0; index < Number(head[1]); index += 1) {
    const length = /^\$(\d+)\r\n/.exec(text.slice(at, at + 32))
    if (length === null) return null
    const start = at + length[0].length
    const end = start + Number(length[1])
    if (bytes.length < end + 2) return null
    words.push(bytes.toString('utf8', start, end))
    at = end + 2
  }
  return { words, bytes: at }
}

/** An unused port: one that a server had and gave back. */
export async function unusedPort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  await new Promise((resolve) => server.close(resolve))
  return port
}
