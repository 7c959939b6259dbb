import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { removeIfThere, writeFileDurably } from '#base/durable-file.ts'
import type { FileLayer } from '#base/file-layer.ts'

const OWNER_FILE = 'owner.json'
const FORMAT_VERSION = 1

/** Who is building a restore, written into its partial directory before anything else. */
export type Owner = {
  restoreId: string
  sourcePath: string
  backupId: number
  /** the meta file's digest: a restore goes on only with the backup it began with */
  metaDigest: string
  targetPath: string
  processId: number
}

/** The owner of a partial directory; null when there is none that this version understands. */
export function readOwner(partial: string): Owner | null {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(partial, OWNER_FILE), 'utf8'))
    return isOwner(parsed) ? parsed : null
  } catch {
    // missing, cut or foreign: nobody's, and therefore never touched
    return null
  }
}

export function writeOwner(partial: string, owner: Owner, layer: FileLayer): void {
  const text = JSON.stringify({ formatVersion: FORMAT_VERSION, ...owner }, null, 2)
  writeFileDurably(join(partial, OWNER_FILE), Buffer.from(`${text}\n`), layer)
}

export function removeOwner(partial: string, layer: FileLayer): void {
  removeIfThere(join(partial, OWNER_FILE), layer)
}

function isOwner(value: unknown): value is Owner {
  if (typeof value !== 'object' || value === null) return false
  const fields: Record<string, unknown> = { ...value }
  return (
    fields.formatVersion === FORMAT_VERSION &&
    typeof fields.restoreId === 'string' &&
    typeof fields.sourcePath === 'string' &&
    typeof fields.backupId === 'number' &&
    typeof fields.metaDigest === 'string' &&
    typeof fields.targetPath === 'string' &&
    typeof fields.processId === 'number'
  )
}
