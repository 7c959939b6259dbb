import { fileError } from '#base/file-error.ts'
import { parseMetaPath } from '../../../rocksdb/meta/meta-path.ts'
import { BackupDirectory } from '../../backup-directory.ts'
import { INCREMENTS_FOLDER } from '../format/increment.ts'
import { recordPath, VERIFIED_FOLDER } from '../format/records.ts'
import { documentIds } from '../list/backup-ids.ts'
import { indexPathOf, segmentPathOf } from '../list/increment-row.ts'
import { type RepositoryScan, scanRepository } from '../list/scan-repository.ts'
import type { RepositoryWriter } from '../writer.ts'
import { FileRemover, type Removed } from './file-remover.ts'
import { needlessSegments } from './needless-segments.ts'

const PRIVATE_FOLDER = /^[1-9][0-9]{0,15}$/
const SHARED_FOLDERS = ['shared', 'shared_checksum']
const TEMPORARY = /^\..+\.tmp$/

/**
 * Removes what no backup needs: files of backups that are gone or were never finished, shared files without a user,
 * segments of the archive that no full is left for. Whatever is not certain stays: no shared file goes while what
 * some backup needs is unknown (rocksdb.md §7.7), names that the format does not have are left alone. Not to be called
 * while a backup is being made: its files have no user yet.
 * @throws AppError REPOSITORY_BUSY; a file that cannot be removed is a problem of the answer
 */
export function removeLeftovers(writer: RepositoryWriter): Removed {
  const directory = new BackupDirectory(writer.root)
  const scan = scanRepository(directory)
  const remover = new FileRemover(writer, directory)
  if (!scan.isListWhole) return remover.removed
  // what was unlinked before a crash must not come back with the next power cut, after what it needs is gone
  for (const folder of ['meta', INCREMENTS_FOLDER]) if (directory.stat(folder) !== null) remover.sync(folder)
  for (const folder of ['meta', INCREMENTS_FOLDER]) {
    remover.removeAll(folder, temporaryFiles(directory, folder))
  }
  removeRecords(directory, scan, remover)
  remover.attempt('private', () => removePrivate(writer, directory, remover))
  if (scan.isEveryNeedKnown) removeShared(directory, scan, remover)
  removeSegments(directory, scan, remover)
  return remover.removed
}

function temporaryFiles(directory: BackupDirectory, folder: string): string[] {
  return regularFiles(
    directory,
    directory
      .list(folder)
      .filter((name) => TEMPORARY.test(name))
      .map((name) => `${folder}/${name}`),
  )
}

function regularFiles(directory: BackupDirectory, paths: readonly string[]): string[] {
  return paths.filter((path) => directory.stat(path)?.isFile() === true)
}

/** A backup that another program makes later may get the same id. */
function removeRecords(directory: BackupDirectory, scan: RepositoryScan, remover: FileRemover): void {
  remover.attempt(VERIFIED_FOLDER, () => {
    const listed = new Set(scan.backups.map(({ id }) => id))
    const gone = documentIds(directory, VERIFIED_FOLDER).filter((id) => !listed.has(id))
    const paths = gone.map((id) => recordPath(VERIFIED_FOLDER, id))
    remover.removeAll(VERIFIED_FOLDER, paths)
  })
}

/** Folders of backups without a meta file, whatever that file says. */
function removePrivate(writer: RepositoryWriter, directory: BackupDirectory, remover: FileRemover): void {
  const published = new Set(directory.list('meta'))
  const gone = directory.list('private').filter((name) => PRIVATE_FOLDER.test(name) && !published.has(name))
  for (const folder of gone.map((name) => `private/${name}`)) {
    remover.attempt(folder, () => {
      const paths = directory.list(folder).map((name) => `${folder}/${name}`)
      remover.removeAll(
        folder,
        paths.filter((path) => directory.stat(path)?.isDirectory() === false),
      )
      writer.assertHeld()
      try {
        writer.layer.removeDirectory(directory.locate(folder))
      } catch (cause) {
        throw fileError(cause, folder)
      }
    })
  }
  if (gone.length > 0) remover.sync('private')
}

function removeShared(directory: BackupDirectory, scan: RepositoryScan, remover: FileRemover): void {
  for (const folder of SHARED_FOLDERS) {
    remover.attempt(folder, () => {
      const paths = directory.list(folder).map((name) => `${folder}/${name}`)
      const stored = paths.filter((path) => typeof parseMetaPath(path, 0) !== 'string' && !scan.neededPaths.has(path))
      remover.removeAll(folder, [...regularFiles(directory, stored), ...temporaryFiles(directory, folder)])
    })
  }
}

/**
 * Segments before their indexes, each made to last: a segment without an index would be taken for one that is open. An
 * index without a segment is nothing, unless a backup names it: then the segment may come back from a copy.
 */
function removeSegments(directory: BackupDirectory, scan: RepositoryScan, remover: FileRemover): void {
  const needless = needlessSegments(scan)
  // looked at again: its segment may have come since the folder was listed
  const isNothing = (path: string) =>
    scan.isEveryNeedKnown && !scan.neededPaths.has(path) && directory.stat(segmentPathOf(path)) === null
  for (const { timeline, loneIndexes } of scan.archives) {
    const folder = `wal/${timeline}`
    const paths = needless.map(({ path }) => path).filter((path) => path.startsWith(`${folder}/`))
    remover.attempt(folder, () => {
      for (const path of paths) remover.remove(path)
      if (paths.length > 0) remover.sync(folder)
      remover.removeAll(folder, [...paths.map(indexPathOf), ...loneIndexes.filter(isNothing)])
    })
  }
}
