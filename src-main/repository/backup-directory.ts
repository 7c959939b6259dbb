import { lstatSync, readdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { AppError } from '#base/app-error.ts'
import type { ByteSource } from '#base/byte-source.ts'
import { fileError } from '#base/file-error.ts'
import { openLocalFile } from '#base/local-file.ts'

const META_NAME = /^[1-9][0-9]{0,15}$/

/**
 * A directory that RocksDB's BackupEngine wrote (docs/formats/rocksdb.md §7.1), opened for reading. Paths inside it are
 * relative, with slashes; links are never followed, so that nothing outside is ever read.
 */
export class BackupDirectory {
  readonly root: string
  readonly #realDirectories = new Set<string>()

  /** @throws AppError PATH_NOT_FOUND, NOT_A_DIRECTORY, ACCESS_DENIED, NOT_A_BACKUP_DIRECTORY */
  constructor(path: string) {
    this.root = realDirectory(path)
    if (!hasMetaDirectory(this.root)) throw notABackupDirectory(this.root)
  }

  /** Ids of the published backups, ascending. Names that BackupEngine would not write are not ids. */
  backupIds(): number[] {
    return this.list('meta')
      .filter((name) => META_NAME.test(name) && Number.isSafeInteger(Number(name)))
      .map(Number)
      .sort((left, right) => left - right)
  }

  /** Names in a directory of this one, sorted; a missing directory is empty. */
  list(relativePath: string): string[] {
    try {
      this.#requireRealDirectory(relativePath)
      return readdirSync(join(this.root, relativePath)).sort()
    } catch (cause) {
      if (isMissing(cause)) return []
      throw cause instanceof AppError ? cause : fileError(cause, relativePath)
    }
  }

  /** What the file system knows of a file; null when it is missing. */
  stat(relativePath: string): Stats | null {
    try {
      this.#requireRealDirectory(dirname(relativePath))
      return lstatSync(join(this.root, relativePath))
    } catch (cause) {
      if (isMissing(cause)) return null
      throw cause instanceof AppError ? cause : fileError(cause, relativePath)
    }
  }

  /** @throws AppError PATH_NOT_FOUND, ACCESS_DENIED, IO_FAILED */
  open(relativePath: string): ByteSource {
    return openLocalFile(this.locate(relativePath), relativePath)
  }

  /** The absolute path of a file, its directories proved not to be links. */
  locate(relativePath: string): string {
    try {
      this.#requireRealDirectory(dirname(relativePath))
    } catch (cause) {
      throw cause instanceof AppError ? cause : fileError(cause, relativePath)
    }
    return join(this.root, relativePath)
  }

  /** A whole small file. @throws AppError LIMIT_EXCEEDED when it is larger than `maxBytes` */
  read(relativePath: string, maxBytes: number): Uint8Array {
    const source = this.open(relativePath)
    try {
      if (source.sizeBytes > maxBytes) {
        throw new AppError('LIMIT_EXCEEDED', {
          message: `the file has ${source.sizeBytes} bytes; at most ${maxBytes} are read`,
          subject: relativePath,
          nextStep: 'No such file is that large in a sound backup; look at what wrote it.',
        })
      }
      const bytes = new Uint8Array(source.sizeBytes)
      return bytes.subarray(0, source.readInto(bytes, 0))
    } finally {
      source.close()
    }
  }

  #requireRealDirectory(relativePath: string): void {
    if (relativePath === '.' || this.#realDirectories.has(relativePath)) return
    this.#requireRealDirectory(dirname(relativePath))
    const stat = lstatSync(join(this.root, relativePath))
    if (!stat.isDirectory()) {
      throw new AppError('ACCESS_DENIED', {
        message: stat.isSymbolicLink() ? 'a symbolic link, which is never followed' : 'not a directory',
        subject: relativePath,
        nextStep: 'A backup directory holds its own files; copy the backup again without links.',
      })
    }
    this.#realDirectories.add(relativePath)
  }
}

/** Whether a path looks like a BackupEngine directory; false for what cannot be read. */
export function isBackupDirectory(path: string): boolean {
  try {
    return hasMetaDirectory(path)
  } catch {
    // an unreadable directory is not offered as a backup; opening it says why
    return false
  }
}

function hasMetaDirectory(path: string): boolean {
  const isDirectory = (name: string) => lstatSync(join(path, name), { throwIfNoEntry: false })?.isDirectory() === true
  return isDirectory('meta') && (isDirectory('private') || isDirectory('shared_checksum') || isDirectory('shared'))
}

function realDirectory(path: string): string {
  try {
    const root = realpathSync(resolve(path))
    if (!statSync(root).isDirectory()) {
      throw new AppError('NOT_A_DIRECTORY', {
        message: 'not a directory',
        subject: path,
        nextStep: 'Choose the backup directory itself, the one that holds meta/ and private/.',
      })
    }
    readdirSync(root)
    return root
  } catch (cause) {
    throw cause instanceof AppError ? cause : fileError(cause, path)
  }
}

function notABackupDirectory(root: string): AppError {
  const names = readdirSync(root)
  return new AppError('NOT_A_BACKUP_DIRECTORY', {
    message: 'not a backup directory',
    subject: root,
    unharmed: 'Nothing was written.',
    nextStep: advice(root, names),
  })
}

function advice(root: string, names: string[]): string {
  if (names.length === 0) return 'The directory is empty. Choose the one that holds meta/ and private/.'
  if (names.includes('CURRENT')) {
    return 'It holds CURRENT: this is a database directory, not a backup of one. Choose the backup directory.'
  }
  const parent = dirname(root)
  if (isBackupDirectory(parent)) return `Its parent is one: open ${parent} instead of ${basename(root)}.`
  const inside = names.slice(0, 200).find((name) => isBackupDirectory(join(root, name)))
  if (inside !== undefined) return `${join(root, inside)} is one: open that.`
  return 'A backup directory holds meta/ and private/ (RocksDB BackupEngine). Choose the one that does.'
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR')
}
