import { lstatSync, readdirSync, realpathSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { AppError } from '#base/app-error.ts'
import type { ByteSource } from '#base/byte-source.ts'
import { fileError } from '#base/file-error.ts'
import { openLocalFile } from '#base/local-file.ts'
import { parseDatabaseFileName } from '../rocksdb/database-file-name.ts'
import type { FileSet } from '../rocksdb/view/file-set.ts'
import { directoryFileSet } from '../rocksdb/view/named-file-set.ts'

/** logs held open at once: a running database has a handful */
const HELD_LOGS_MAX = 256

/**
 * The directory of a database itself: a checkpoint, or a database that was stopped, has crashed or runs. It is only
 * read, no lock is taken, links are not followed. Its logs are held open from the start, before the MANIFEST is read: a
 * running engine removes a log after the edit that makes it needless, never before (docs/formats/rocksdb.md §8.2).
 */
export class DatabaseDirectory {
  readonly root: string
  readonly fileSet: FileSet
  /** changes when the engine wrote a log or a MANIFEST, or flushed */
  readonly fingerprint: string
  readonly #logs = new Map<string, ByteSource>()

  /** @throws AppError PATH_NOT_FOUND, NOT_A_DATABASE_DIRECTORY, ACCESS_DENIED */
  constructor(path: string) {
    this.root = rootOf(path)
    // first of all: what is written from here on is noticed
    this.fingerprint = fingerprintOf(this.root)
    try {
      const names = namesIn(this.root)
      for (const name of names.filter(isLog).slice(-HELD_LOGS_MAX)) this.#hold(name)
      this.fileSet = this.#fileSet(names)
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** True when something was written since this was opened: what is shown is the state of then. */
  hasMovedOn(): boolean {
    return fingerprintOf(this.root) !== this.fingerprint
  }

  close(): void {
    for (const source of this.#logs.values()) source.close()
    this.#logs.clear()
  }

  /** Tables and MANIFESTs that are born later are found as well: their names are looked up when they are asked for. */
  #fileSet(names: readonly string[]): FileSet {
    const open = (name: string) => this.#open(name)
    const now = () => directoryFileSet(namesIn(this.root), open)
    return {
      openManifest: () => now().openManifest(),
      openTable: (fileNumber) => this.#orGone(() => now().openTable(fileNumber)),
      openBlob: (fileNumber) => this.#orGone(() => now().openBlob(fileNumber)),
      openOptions: () => now().openOptions(),
      walFiles: directoryFileSet(names, open).walFiles,
    }
  }

  #hold(name: string): void {
    try {
      this.#logs.set(name, openLocalFile(join(this.root, name), name))
    } catch (error) {
      // gone since the listing: the MANIFEST that is read next does not need it, or the view says that it is missing
      if (!(error instanceof AppError && error.code === 'PATH_NOT_FOUND')) throw error
    }
  }

  #open(name: string): ByteSource {
    const held = this.#logs.get(name)
    // whoever opens a log closes it; the descriptor stays for the next one
    if (held !== undefined) return { ...held, close: () => {} }
    return openLocalFile(join(this.root, name), name)
  }

  #orGone(open: () => ByteSource): ByteSource {
    try {
      return open()
    } catch (cause) {
      if (!(cause instanceof AppError && cause.code === 'PATH_NOT_FOUND')) throw cause
      if (!this.hasMovedOn()) throw cause
      throw new AppError(
        'SOURCE_CHANGED',
        {
          message: 'the file is gone: the database was at work since it was opened here',
          ...(cause.facts.subject === undefined ? {} : { subject: cause.facts.subject }),
          unharmed: 'Nothing was changed here.',
          nextStep: 'Look again: the newest state is read anew.',
        },
        { cause },
      )
    }
  }
}

/** Whether a path looks like the directory of a database; false for what cannot be read. */
function isDatabaseDirectory(path: string): boolean {
  try {
    return lstatSync(join(path, 'CURRENT'), { throwIfNoEntry: false })?.isFile() === true
  } catch {
    // an unreadable directory is not offered; opening it says why
    return false
  }
}

function rootOf(path: string): string {
  let root: string
  try {
    root = realpathSync(resolve(path))
    readdirSync(root)
  } catch (cause) {
    throw fileError(cause, path)
  }
  if (isDatabaseDirectory(root)) return root
  throw new AppError('NOT_A_DATABASE_DIRECTORY', {
    message: 'not the directory of a database',
    subject: path,
    unharmed: 'Nothing was written.',
    nextStep: 'Choose the one that holds CURRENT and a MANIFEST.',
  })
}

function namesIn(root: string): string[] {
  try {
    return readdirSync(root).sort()
  } catch (cause) {
    throw fileError(cause, root)
  }
}

function isLog(name: string): boolean {
  return parseDatabaseFileName(name)?.kind === 'log'
}

/** Sizes and times of what a running engine writes to: CURRENT, MANIFEST and logs. */
function fingerprintOf(root: string): string {
  const facts: string[] = []
  for (const name of namesIn(root)) {
    const kind = parseDatabaseFileName(name)?.kind
    if (kind !== 'current' && kind !== 'manifest' && kind !== 'log') continue
    const stat = lstatSync(join(root, name), { throwIfNoEntry: false })
    if (stat !== undefined) facts.push(`${name} ${stat.size} ${stat.mtimeMs} ${stat.ino}`)
  }
  return facts.join('\n')
}
