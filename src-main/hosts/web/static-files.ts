import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.map': 'application/json',
}

/** The built page: only the files that were there when it was looked through can be had, by their exact names. */
export class StaticFiles {
  readonly #paths = new Map<string, string>()

  constructor(folder: string) {
    for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue
      const path = join(entry.parentPath, entry.name)
      this.#paths.set(`/${relative(folder, path).split(sep).join('/')}`, path)
    }
  }

  /** A file by the path in the address; null when there is none. */
  async get(urlPath: string): Promise<{ body: Buffer; type: string; isImmutable: boolean } | null> {
    const path = this.#paths.get(urlPath === '/' ? '/index.html' : urlPath)
    if (path === undefined) return null
    const type = TYPES[extname(path)] ?? 'application/octet-stream'
    // built assets carry their content's hash in their names
    return { body: await readFile(path), type, isImmutable: urlPath.startsWith('/assets/') }
  }
}
