/** How the server's certificate is judged, and ours. PEM texts. */
export type TlsSettings = {
  /** authorities to trust instead of the system's */
  readonly ca?: string | undefined
  /** our certificate with its key, for servers that ask for one */
  readonly certificate?: string | undefined
  readonly key?: string | undefined
  /** the name that the certificate must have, when it is not the host */
  readonly servername?: string | undefined
  /** false: any certificate is taken. Default true */
  readonly rejectUnauthorized?: boolean | undefined
}

export type Credentials = { readonly username?: string | undefined; readonly password: string }

/** Where a server is and how it is spoken to. */
export type ServerAddress = {
  readonly host: string
  readonly port: number
  readonly tls?: TlsSettings | undefined
  readonly credentials?: Credentials | undefined
}

/** host:port, for people. */
export function addressText(address: ServerAddress): string {
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`
}
