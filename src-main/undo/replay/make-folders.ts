import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { syncDirectory } from '#base/durable-file.ts'
import type { FileLayer } from '#base/file-layer.ts'

/** Makes a folder and those above it, so that their names survive a power cut. Errors are Node's own. */
export function makeFolders(path: string, layer: FileLayer): void {
  if (existsSync(path)) return
  const above = dirname(path)
  makeFolders(above, layer)
  layer.makeDirectory(path)
  syncDirectory(above, layer)
}
