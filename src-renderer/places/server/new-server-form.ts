import type { ErrorInfo } from '#contract'
import type { NewServer } from '../../stores/servers.svelte.ts'

/** Where the Lifeboat agent answers unless told otherwise. */
export const agentPort = 6390
/** Where servers that speak RESP usually answer. */
export const redisPort = 6379

export type ServerForm = {
  host: string
  portText: string
  userName: string
  password: string
  isTls: boolean
  caPem: string
  name: string
}

/** What was typed as an order; null when host or port are missing or wrong. A password is taken as it is, spaces included. */
export function orderOf(form: ServerForm): NewServer | null {
  const port = typedPort(form.portText)
  const host = form.host.trim().replace(/^\[(.*)\]$/, '$1')
  if (port === null || host === '') return null
  return {
    name: form.name.trim() || null,
    host,
    port,
    userName: form.userName.trim() || null,
    password: form.password === '' ? null : form.password,
    tls: form.isTls ? { caPem: form.caPem.trim() === '' ? null : form.caPem } : null,
  }
}

export function typedPort(text: string): number | null {
  const port = /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0
  return port >= 1 && port <= 65_535 ? port : null
}

/** The field to look at again. */
export function troubleField({ code, message }: ErrorInfo): 'host' | 'password' | 'ca' | null {
  if (code === 'SERVER_REFUSED') return 'password'
  if (isAboutCertificate({ code, message })) return 'ca'
  return code === 'SERVER_UNREACHABLE' ? 'host' : null
}

export function troubleTitle(error: ErrorInfo): string {
  if (error.code === 'SERVER_REFUSED') return 'It answers, but does not let us in.'
  if (error.code === 'BAD_REQUEST') return 'It was not asked.'
  if (isAboutCertificate(error)) return 'It answers, but its certificate is not trusted.'
  return error.code === 'SERVER_UNREACHABLE' ? 'It does not answer.' : 'It was not added.'
}

function isAboutCertificate({ code, message }: Pick<ErrorInfo, 'code' | 'message'>): boolean {
  return /certificate/i.test(message) && (code === 'SERVER_UNREACHABLE' || code === 'BAD_REQUEST')
}
