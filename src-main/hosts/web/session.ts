import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

const COOKIE = 'lifeboat_session'

/**
 * Who may talk to the browser host: a link with a one-time token is exchanged for a cookie that scripts cannot read and
 * other sites cannot send. Every other program of this machine, and every page in the browser, is a stranger.
 */
export class Sessions {
  readonly #sessions: string[] = []
  #token = newSecret()

  /** The token of the link to print. It works once. */
  get token(): string {
    return this.#token
  }

  /** Exchanges the token for the value of a Set-Cookie header; null when it is not the current one. */
  exchange(token: string): string | null {
    if (!isSame(token, this.#token)) return null
    this.#token = newSecret()
    const session = newSecret()
    this.#sessions.push(session)
    return `${COOKIE}=${session}; HttpOnly; SameSite=Strict; Path=/`
  }

  isKnown(cookieHeader: string | undefined): boolean {
    const session = cookieHeader
      ?.split(';')
      .map((part) => part.trim().split('='))
      .find(([name]) => name === COOKIE)?.[1]
    return session !== undefined && this.#sessions.some((known) => isSame(known, session))
  }
}

function newSecret(): string {
  return randomBytes(24).toString('base64url')
}

function isSame(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(left), digest(right))
}
