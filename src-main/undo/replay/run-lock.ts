import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { removeIfThere } from '#base/durable-file.ts'
import { fileError } from '#base/file-error.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { makeFolders } from './make-folders.ts'

/**
 * Lets one process at a time replay into a folder's journal; what a process that is gone left is taken over.
 * @returns what gives it back
 * @throws AppError TARGET_BUSY
 */
export function takeRunLock(folder: string, layer: FileLayer): () => void {
  const path = join(folder, 'running')
  try {
    makeFolders(folder, layer)
    if (!isHolderAlive(path)) removeIfThere(path, layer)
    const descriptor = layer.open(path, 'wx')
    layer.write(descriptor, Buffer.from(String(process.pid)))
    layer.close(descriptor)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') throw busy(path)
    throw fileError(cause, path)
  }
  return () => removeIfThere(path, layer)
}

function isHolderAlive(path: string): boolean {
  let processId: number
  try {
    processId = Number(readFileSync(path, 'utf8'))
  } catch {
    return false
  }
  if (!Number.isSafeInteger(processId) || processId <= 0) return false
  try {
    process.kill(processId, 0)
    return true
  } catch (cause) {
    return cause instanceof Error && 'code' in cause && cause.code === 'EPERM'
  }
}

function busy(path: string): AppError {
  return new AppError('TARGET_BUSY', {
    message: 'another process replays the same',
    subject: path,
    unharmed: 'Nothing was sent to the server.',
    nextStep: 'Wait until it has ended.',
  })
}
