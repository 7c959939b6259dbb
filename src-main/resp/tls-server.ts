import { createServer, type Server } from 'node:tls'
import { AppError } from '#base/app-error.ts'

/** PEM texts. */
export type TlsSettings = {
  readonly key: string | Uint8Array
  readonly cert: string | Uint8Array
  /** who signs the certificates of clients */
  readonly ca?: string | Uint8Array | undefined
  /** only clients with a certificate signed by `ca` */
  readonly requestClientCert?: boolean | undefined
}

/**
 * A TLS server, 1.2 or newer. Unlike over TCP, who closes the sending side reads nothing more: a half-open socket would
 * keep its place when a client leaves during the handshake. Clients that fail the handshake are gone before anything sees them.
 * @throws AppError BAD_REQUEST for a key or certificate that does not work
 */
export function createTlsServer(settings: TlsSettings, handshakeTimeoutMs: number): Server {
  const asksClients = settings.requestClientCert === true
  if (asksClients && settings.ca === undefined) {
    throw refusal('client certificates are asked for, and the authority that signs them is missing')
  }
  try {
    const server = createServer({
      key: pem(settings.key),
      cert: pem(settings.cert),
      ...(settings.ca === undefined ? {} : { ca: pem(settings.ca) }),
      requestCert: asksClients,
      rejectUnauthorized: asksClients,
      minVersion: 'TLSv1.2',
      handshakeTimeout: handshakeTimeoutMs,
    })
    return server.on('tlsClientError', (_error, socket) => socket.destroy())
  } catch (error) {
    throw refusal('the TLS key or certificate cannot be used', error)
  }
}

function pem(text: string | Uint8Array): string | Buffer {
  return typeof text === 'string' ? text : Buffer.from(text)
}

function refusal(message: string, cause?: unknown): AppError {
  return new AppError(
    'BAD_REQUEST',
    {
      message,
      nextStep: 'Give a key and its certificate as PEM, and the authority when client certificates are asked for.',
    },
    { cause },
  )
}
