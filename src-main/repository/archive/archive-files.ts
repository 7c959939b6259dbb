import { lstatSync, readdirSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import type { ByteSource } from '#base/byte-source.ts'
import { fileError } from '#base/file-error.ts'
import { openLocalFile } from '#base/local-file.ts'

/** How the archive of a repository is read. Paths are relative to the repository, with slashes; links are not followed. */
export type ArchiveFiles = {
  /** names, sorted; none when the directory is missing */
  list(relativePath: string): string[]
  /** null when it is missing */
  stat(relativePath: string): Stats | null
  open(relativePath: string): ByteSource
}

/** The files of a repository that may hold no full backup so far. @throws AppError from every call */
export function archiveFilesAt(root: string): ArchiveFiles {
  return {
    list: (relativePath) =>
      orMissing(relativePath, [], () => {
        requireDirectories(root, relativePath)
        return readdirSync(join(root, relativePath)).sort()
      }),
    stat: (relativePath) =>
      orMissing(relativePath, null, () => {
        requireDirectories(root, dirname(relativePath))
        return lstatSync(join(root, relativePath))
      }),
    open(relativePath) {
      requireDirectories(root, dirname(relativePath))
      return openLocalFile(join(root, relativePath), relativePath)
    },
  }
}

/** A whole small file; null when it is missing. @throws AppError LIMIT_EXCEEDED when it is larger than `maxBytes` */
export function readArchiveFile(files: ArchiveFiles, path: string, maxBytes: number): Uint8Array | null {
  if (files.stat(path) === null) return null
  const source = files.open(path)
  try {
    if (source.sizeBytes > maxBytes) {
      throw new AppError('LIMIT_EXCEEDED', {
        message: `the file has ${source.sizeBytes} bytes; at most ${maxBytes} are read`,
        subject: path,
        nextStep: 'No such file is that large in a sound repository; look at what wrote it.',
      })
    }
    const bytes = new Uint8Array(source.sizeBytes)
    return bytes.subarray(0, source.readInto(bytes, 0))
  } finally {
    source.close()
  }
}

function requireDirectories(root: string, relativePath: string): void {
  if (relativePath === '.') return
  requireDirectories(root, dirname(relativePath))
  if (lstatSync(join(root, relativePath)).isDirectory()) return
  throw new AppError('ACCESS_DENIED', {
    message: 'not a directory of its own',
    subject: relativePath,
    nextStep: 'A repository holds its own files; copy it again without links.',
  })
}

function orMissing<Answer>(path: string, missing: Answer, read: () => Answer): Answer {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR'))
      return missing
    throw cause instanceof AppError ? cause : fileError(cause, path)
  }
}
