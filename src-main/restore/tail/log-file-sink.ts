import { join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import type { ByteSource } from '#base/byte-source.ts'
import { removeIfThere } from '#base/durable-file.ts'
import { fileError } from '#base/file-error.ts'
import type { FileLayer } from '#base/file-layer.ts'
import { openLocalFile } from '#base/local-file.ts'
import { changedSincePublished } from '../target.ts'

/** Where the bytes of the new log go. */
export type LogFile = {
  take(bytes: Uint8Array): void
  /** everything was given: it lasts, or it was all there */
  finish(sizeBytes: number): void
  close(): void
}

/** Writes the log, synced at its end. What an interrupted run left of it is written anew. @throws AppError */
export function newLogFile(folder: string, name: string, layer: FileLayer): LogFile {
  const path = join(folder, name)
  const guarded = <Result>(step: () => Result): Result => {
    try {
      return step()
    } catch (cause) {
      throw cause instanceof AppError ? cause : fileError(cause, path)
    }
  }
  const descriptor = guarded(() => {
    removeIfThere(path, layer)
    return layer.open(path, 'wx')
  })
  return {
    take: (bytes) => guarded(() => layer.write(descriptor, bytes)),
    finish: () => guarded(() => layer.sync(descriptor)),
    close: () => guarded(() => layer.close(descriptor)),
  }
}

/** Compares with a log that is there already. @throws AppError TARGET_NOT_EMPTY when it is another one */
export function provedLogFile(folder: string, name: string): LogFile {
  let source: ByteSource
  try {
    source = openLocalFile(join(folder, name), name)
  } catch {
    throw changedSincePublished(folder)
  }
  let offsetBytes = 0
  let buffer = Buffer.alloc(0)
  return {
    take(bytes) {
      if (buffer.length < bytes.length) buffer = Buffer.allocUnsafeSlow(bytes.length)
      const found = buffer.subarray(0, bytes.length)
      if (source.readInto(found, offsetBytes) !== bytes.length || found.compare(bytes) !== 0) {
        throw changedSincePublished(folder)
      }
      offsetBytes += bytes.length
    },
    finish(sizeBytes) {
      if (source.sizeBytes !== sizeBytes) throw changedSincePublished(folder)
    },
    close: () => source.close(),
  }
}
