import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

export type SizedFile = { readonly path: string; readonly sizeBytes: number }

/** The files of a directory whose names end so. */
export function filesIn(directory: string, ending: string): SizedFile[] {
  const names = readdirSync(directory).filter((name) => name.endsWith(ending))
  return names.map((name) => join(directory, name)).map((path) => ({ path, sizeBytes: statSync(path).size }))
}
