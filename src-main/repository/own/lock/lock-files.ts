import { readSync } from 'node:fs'
import { basename, join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { removeIfThere } from '#base/durable-file.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { limits } from '#base/limits.ts'
import { openLocalFile } from '#base/local-file.ts'
import { type LockFile, parseLockFile } from './holder.ts'

export const LOCKS_FOLDER = 'locks'
const TORN_READS_MAX = 4

export function lockPath(root: string): string {
  return join(root, LOCKS_FOLDER, 'writer.json')
}

/** The file whose creation is the claim to follow a holder that is gone. */
export function claimPath(root: string, key: string): string {
  return join(root, LOCKS_FOLDER, `.after-${key}.json`)
}

/**
 * What a lock file says; null when there is none. A heartbeat overwrites it in place, so what looks damaged is read
 * again before it is taken for that.
 * @throws AppError ACCESS_DENIED for a link or a device, IO_FAILED
 */
export function readLockFile(path: string): LockFile | null {
  for (let attempt = 1; ; attempt += 1) {
    const bytes = readHead(path)
    if (bytes === null) return null
    const file = parseLockFile(basename(path), bytes)
    if (file.holder !== null || attempt === TORN_READS_MAX) return file
  }
}

/** Creates a lock file that must not exist yet; false when it does. */
export function createLockFile(path: string, bytes: Uint8Array, layer: FileLayer): boolean {
  let descriptor: number
  try {
    descriptor = layer.open(path, 'wx')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false
    throw cause
  }
  try {
    layer.write(descriptor, bytes)
    layer.sync(descriptor)
  } catch (cause) {
    // half a lock would keep everybody out
    removeIfThere(path, layer)
    throw cause
  } finally {
    layer.close(descriptor)
  }
  return true
}

/**
 * Overwrites a lock file in place, if it still is this instance's. The bytes go into the file that was looked at: when
 * another process replaces it in between, they go nowhere.
 */
export function overwriteLockFile(path: string, instanceId: string, bytes: Uint8Array, layer: FileLayer): boolean {
  const descriptor = layer.open(path, 'r+')
  try {
    const found = new Uint8Array(limits.lockFileBytesMax)
    // with a position, so that the write begins at the start
    const sizeBytes = readSync(descriptor, found, 0, found.length, 0)
    if (parseLockFile(basename(path), found.subarray(0, sizeBytes)).key !== instanceId) return false
    layer.write(descriptor, bytes)
    layer.sync(descriptor)
    return true
  } finally {
    layer.close(descriptor)
  }
}

/** No holder needs more bytes than are read; of a larger file these and its size are enough to see it change. */
function readHead(path: string): Uint8Array | null {
  try {
    const source = openLocalFile(path, `${LOCKS_FOLDER}/${basename(path)}`)
    try {
      const bytes = new Uint8Array(Math.min(source.sizeBytes, limits.lockFileBytesMax))
      return bytes.subarray(0, source.readInto(bytes, 0))
    } finally {
      source.close()
    }
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'PATH_NOT_FOUND') return null
    throw cause
  }
}
