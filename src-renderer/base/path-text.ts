/** Paths as a person types them, POSIX or Windows: the machine is the core's, not the page's. */

export type PathInput = {
  /** the directory to list, with its separator; null when none is typed yet */
  readonly directory: string | null
  /** what is typed after the last separator */
  readonly prefix: string
}

/** "/srv/ba" → directory "/srv/", prefix "ba". */
export function splitPathInput(text: string): PathInput {
  const at = Math.max(text.lastIndexOf('/'), text.lastIndexOf('\\'))
  return at < 0 ? { directory: null, prefix: text } : { directory: text.slice(0, at + 1), prefix: text.slice(at + 1) }
}

/** The path with its separator at the end, so that typing goes on inside it. */
export function asDirectoryInput(path: string): string {
  if (/[/\\]$/.test(path)) return path
  return path.includes('\\') && !path.includes('/') ? `${path}\\` : `${path}/`
}

/** The path without separators at the end; a root keeps its own. */
export function trimPath(text: string): string {
  const path = text.trim()
  const trimmed = path.replace(/[/\\]+$/, '')
  if (trimmed === '' && path !== '') return path.charAt(0)
  return /^[A-Za-z]:$/.test(trimmed) ? `${trimmed}\\` : trimmed
}

/** A path inside a directory. */
export function joinPath(directory: string, name: string): string {
  return asDirectoryInput(directory) + name
}
