import { statSync } from 'node:fs'
import { resolve } from 'node:path'

/** The last argument that names an existing directory, made absolute; null when there is none. */
export function directoryArgument(args: readonly string[], workingDirectory: string): string | null {
  const candidates = args
    .filter((arg) => arg !== '' && !arg.startsWith('-'))
    .map((arg) => resolve(workingDirectory, arg))
  return candidates.findLast((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) ?? null
}
