import { dirname } from 'node:path'
import { fileError } from './file-error.ts'
import { type FileLayer, nodeFileLayer } from './file-layer.ts'

/** Makes the names in a directory survive a power cut. Windows has no such call: there it does nothing. */
export function syncDirectory(path: string, layer: FileLayer = nodeFileLayer): void {
  if (process.platform === 'win32') return
  const descriptor = layer.open(path, 'r')
  try {
    layer.sync(descriptor)
  } finally {
    layer.close(descriptor)
  }
}

/**
 * Writes a small new file so that after a crash it is absent or whole: temporary name, sync, rename, sync of the folder.
 * @param mode 0o644 when left out
 * @throws AppError DISK_FULL, ACCESS_DENIED, IO_FAILED
 */
export function writeFileDurably(
  path: string,
  bytes: Uint8Array,
  layer: FileLayer = nodeFileLayer,
  mode?: number,
): void {
  const temporary = `${path}.tmp`
  try {
    removeIfThere(temporary, layer)
    const descriptor = layer.open(temporary, 'wx', mode)
    try {
      layer.write(descriptor, bytes)
      layer.sync(descriptor)
    } finally {
      layer.close(descriptor)
    }
    layer.rename(temporary, path)
    syncDirectory(dirname(path), layer)
  } catch (cause) {
    throw fileError(cause, path)
  }
}

export function removeIfThere(path: string, layer: FileLayer = nodeFileLayer): void {
  try {
    layer.removeFile(path)
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause
  }
}
