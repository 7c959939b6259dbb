import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { protocol } from 'electron'
import { pageHost, pageScheme } from './channels.ts'

/** Nothing from elsewhere, no inline script, no eval. Style attributes stay: positioned popovers need them. */
const contentPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "style-src-attr 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const contentTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

const headers = (contentType: string): Record<string, string> => ({
  'content-type': contentType,
  'content-security-policy': contentPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
})

const notFound = (): Response => new Response('not found', { status: 404, headers: headers('text/plain') })

/** The file below `root` that an address names; null when it names none of ours. */
function fileOf(root: string, url: string): string | null {
  const { host, pathname } = new URL(url)
  if (host !== pageHost) return null
  try {
    const path = join(root, decodeURIComponent(pathname === '/' ? '/index.html' : pathname))
    return path.startsWith(root + sep) && !path.includes('\0') ? path : null
  } catch {
    // not valid percent-encoding
    return null
  }
}

/** Must run before the app is ready. */
export function declarePageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: pageScheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built page under app://lifeboat/ and nothing else. */
export function servePage(root: string): void {
  protocol.handle(pageScheme, async (request) => {
    const path = request.method === 'GET' ? fileOf(root, request.url) : null
    const contentType = path === null ? undefined : contentTypes[extname(path)]
    if (path === null || contentType === undefined) return notFound()
    try {
      return new Response(await readFile(path), { headers: headers(contentType) })
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return notFound()
      throw error
    }
  })
}
