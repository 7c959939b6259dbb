import { connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { AppError } from '#base/app-error.ts'
import { addressText, type ServerAddress, type TlsSettings } from '../server-address.ts'

/**
 * A connected socket, with TLS where the address asks for it; the certificate is judged before anything is sent.
 * @throws AppError SERVER_UNREACHABLE; for a certificate that is not trusted with its SHA-256 fingerprint
 */
export function openSocket(address: ServerAddress, timeoutMs: number): Promise<Socket> {
  const { host, port, tls } = address
  const socket = tls === undefined ? connect({ host, port }) : connectTls({ host, port, ...tlsOptions(host, tls) })
  socket.setNoDelay(true)
  socket.setKeepAlive(true, 30_000)
  return new Promise((resolve, reject) => {
    const fail = (error: AppError) => {
      clearTimeout(timer)
      socket.removeAllListeners()
      socket.on('error', () => {})
      socket.destroy()
      reject(error)
    }
    const timer = setTimeout(() => fail(unreachable(address, timeoutText(address, timeoutMs))), timeoutMs)
    socket.once('error', (cause) => fail(connectFailure(address, cause)))
    socket.once('close', () => fail(unreachable(address, 'the server closed the connection at once')))
    socket.once(tls === undefined ? 'connect' : 'secureConnect', () => {
      const refusal = tls === undefined ? null : certificateRefusal(address, tls, socket as TLSSocket)
      if (refusal !== null) return fail(refusal)
      clearTimeout(timer)
      socket.removeAllListeners('error')
      socket.removeAllListeners('close')
      return resolve(socket)
    })
  })
}

/**
 * Node's own check destroys the socket before its certificate can be seen, and the fingerprint is what a person needs to decide.
 * So the verdict is only recorded there and enforced in `certificateRefusal`, before a byte is sent.
 */
function tlsOptions(host: string, tls: TlsSettings) {
  return {
    rejectUnauthorized: false,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.certificate === undefined ? {} : { cert: tls.certificate }),
    ...(tls.key === undefined ? {} : { key: tls.key }),
    servername: tls.servername ?? (isIpAddress(host) ? '' : host),
  }
}

function certificateRefusal(address: ServerAddress, tls: TlsSettings, socket: TLSSocket): AppError | null {
  if (socket.authorized || tls.rejectUnauthorized === false) return null
  const { fingerprint256 } = socket.getPeerCertificate()
  const reason = socket.authorizationError
  return new AppError('SERVER_UNREACHABLE', {
    message: `the server's certificate is not trusted (${reason}); its SHA-256 fingerprint is ${fingerprint256 ?? 'unknown'}`,
    subject: addressText(address),
    unharmed: 'Nothing was sent, no password either.',
    nextStep: "Compare the fingerprint with the server's own certificate, then add its authority as the trusted one.",
  })
}

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the name is unknown',
  EAI_AGAIN: 'the name could not be looked up',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'no way to this host',
  ENETUNREACH: 'no way to this network',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the port does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the port does not speak TLS',
}

function connectFailure(address: ServerAddress, cause: Error): AppError {
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : null
  return unreachable(address, (code === null ? undefined : reasons[code]) ?? cause.message, cause)
}

function timeoutText(address: ServerAddress, timeoutMs: number): string {
  const hint = address.tls === undefined ? '' : ', or the port does not speak TLS'
  return `no answer within ${timeoutMs} ms${hint}`
}

/** @param reason lower-case phrase */
export function unreachable(address: ServerAddress, reason: string, cause?: unknown): AppError {
  return new AppError(
    'SERVER_UNREACHABLE',
    {
      message: `the server cannot be reached (${reason})`,
      subject: addressText(address),
      unharmed: 'Nothing was changed.',
      nextStep: 'Check that the server runs, its host and port, and whether the port expects TLS.',
    },
    cause === undefined ? undefined : { cause },
  )
}

function isIpAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':')
}
