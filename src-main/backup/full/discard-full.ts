import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { removeIfThere, syncDirectory } from '#base/durable-file.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { type CopyWork, copyOutcome } from './copy-work.ts'
import { checksumPath, type SharedCopy, temporaryPath } from './shared-copies.ts'

/**
 * Takes back a backup that failed or was cancelled: first its meta file, for good, then everything that this run made.
 * Files that were there before stay. No thread may be at work on it any more.
 * @throws what the file layer throws; the next run removes what is left then
 */
export function discardFull(
  full: { root: string; backupId: number; copies: readonly SharedCopy[] },
  work: CopyWork,
  layer: FileLayer,
): void {
  const { root, backupId } = full
  const metaPath = join(root, 'meta', String(backupId))
  removeIfThere(join(root, 'meta', `.${backupId}.tmp`), layer)
  if (isThere(metaPath)) {
    layer.removeFile(metaPath)
    // until that is certain a power cut may bring the backup back, and then it must be whole
    syncDirectory(join(root, 'meta'), layer)
  }
  removePrivate(root, backupId, layer)
  const outcomes = new Int32Array(work.outcome)
  const crcs = new Uint32Array(work.crc32c)
  full.copies.forEach((copy, index) => {
    const outcome = Atomics.load(outcomes, index)
    if (outcome === copyOutcome.open) removeIfThere(join(root, temporaryPath(copy)), layer)
    if (outcome !== copyOutcome.copied) return
    removeIfThere(join(root, copy.path ?? checksumPath(copy, crcs[index] ?? 0)), layer)
  })
}

/** Removes the private directory of a backup that was never published. */
export function removePrivate(root: string, backupId: number, layer: FileLayer): void {
  const folder = join(root, 'private', String(backupId))
  if (!isThere(folder)) return
  // a link there would lead to files of somebody else
  if (!lstatSync(folder).isDirectory()) {
    layer.removeFile(folder)
    return
  }
  for (const name of readdirSync(folder)) layer.removeFile(join(folder, name))
  layer.removeDirectory(folder)
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}
