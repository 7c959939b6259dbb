import { readFileSync } from 'node:fs'
import { AppError } from '#base/app-error.ts'
import { fileError } from '#base/file-error.ts'

const ADDRESS = /^(?:\[([0-9a-fA-F:]+)\]|([^:]+)):([0-9]{1,5})$/

/** The options that agent and sandbox share, as commander gives them. */
export type ServingOptions = {
  readonly repo: string
  readonly listen: string
  readonly passwordFile?: string
  readonly tlsCert?: string
  readonly tlsKey?: string
  readonly tlsCa?: string
  readonly insecure: boolean
  readonly rateLimit?: string
  readonly metrics?: string
  readonly logLevel: string
}

/** What createAgent wants of them. @throws AppError BAD_REQUEST, PATH_NOT_FOUND, ACCESS_DENIED */
export function servingSettings(options: ServingOptions) {
  const { tlsCert, tlsKey, tlsCa, passwordFile, rateLimit, metrics } = options
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw badOption('--tls-cert and --tls-key belong together', 'Give both, or neither.')
  }
  return {
    repositoryPath: options.repo,
    listen: addressOf(options.listen),
    users:
      passwordFile === undefined
        ? []
        : [{ name: 'default', password: firstLineOf(passwordFile), commands: 'all' as const }],
    tls:
      tlsCert === undefined || tlsKey === undefined
        ? null
        : {
            cert: contentOf(tlsCert),
            key: contentOf(tlsKey),
            ...(tlsCa === undefined ? {} : { ca: contentOf(tlsCa), requestClientCert: true }),
          },
    isInsecure: options.insecure,
    rateLimitBytesPerSecond: rateLimit === undefined ? 0 : rateOf('--rate-limit', rateLimit),
    metrics: metrics === undefined ? null : addressOf(metrics),
    logLevel: options.logLevel,
  }
}

/** host:port. @throws AppError BAD_REQUEST */
export function addressOf(text: string): { host: string; port: number } {
  const match = ADDRESS.exec(text)
  const port = Number(match?.[3])
  const host = match?.[1] ?? match?.[2]
  if (host !== undefined && port <= 65535) return { host, port }
  throw badOption(`'${text}' is no address to listen on`, 'Write host:port, as 127.0.0.1:6390 or [::1]:6390.')
}

/** MiB a second as bytes. @throws AppError BAD_REQUEST */
export function rateOf(option: string, text: string): number {
  const mebibytes = Number(text)
  if (Number.isFinite(mebibytes) && mebibytes > 0) return Math.round(mebibytes * 1024 * 1024)
  throw badOption(`'${text}' is no rate`, `Write ${option} with a number of MiB a second, as 50.`)
}

/** @throws AppError PATH_NOT_FOUND, ACCESS_DENIED */
export function firstLineOf(path: string): string {
  return contentOf(path).split(/\r?\n/, 1)[0] ?? ''
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw fileError(cause, path)
  }
}

function badOption(message: string, nextStep: string): AppError {
  return new AppError('BAD_REQUEST', { message, nextStep })
}
