import { BlockList, isIP } from 'node:net'
import { AppError } from '#base/app-error.ts'

/** Where a server listens. */
export type ListenAddress = {
  /** an IP address or a name; `localhost` is this machine alone */
  readonly host: string
  /** 0: any free one */
  readonly port: number
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Is this an address that only programs of this machine reach? A name is not, but `localhost`. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true
  const version = isIP(host)
  return version !== 0 && loopback.check(host, version === 4 ? 'ipv4' : 'ipv6')
}

/**
 * Refuses to serve other machines without both encryption and a login.
 * @throws AppError BAD_REQUEST
 */
export function checkListenAddress(
  listen: ListenAddress,
  protection: { readonly hasTls: boolean; readonly hasUsers: boolean; readonly isInsecure: boolean },
): void {
  if (listen.host === '') throw refusal('an address to listen on is missing', undefined, 'Name one, as 127.0.0.1.')
  if (!Number.isInteger(listen.port) || listen.port < 0 || listen.port > 65535) {
    throw refusal('a port is a number from 0 to 65535', String(listen.port), 'Name another port.')
  }
  if (protection.isInsecure || isLoopback(listen.host)) return
  const missing = [...(protection.hasTls ? [] : ['TLS']), ...(protection.hasUsers ? [] : ['a password'])]
  if (missing.length === 0) return
  throw refusal(
    `other machines could reach this address, and ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing`,
    `${listen.host}:${listen.port}`,
    'Configure both TLS and a user with a password, listen on 127.0.0.1, or say that it may be insecure.',
  )
}

function refusal(message: string, subject: string | undefined, nextStep: string): AppError {
  return new AppError('BAD_REQUEST', { message, subject, nextStep })
}
