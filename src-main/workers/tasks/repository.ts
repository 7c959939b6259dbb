import { ControlSwitch } from '#base/abort.ts'
import { AppError } from '#base/app-error.ts'
import { systemClock } from '#base/clock.ts'
import { nodeFileLayer } from '#base/file-layer.ts'
import { captureLiveFiles } from '../../backup/full/capture.ts'
import { copyShared } from '../../backup/full/copy-shared.ts'
import { discardFull } from '../../backup/full/discard-full.ts'
import { releaseLiveFiles } from '../../backup/full/live-files.ts'
import { prepareFull } from '../../backup/full/prepare-full.ts'
import { publishFull } from '../../backup/full/publish-full.ts'
import { archiveFilesAt } from '../../repository/archive/archive-files.ts'
import { readArchivedCommits } from '../../repository/archive/archived-commits.ts'
import { segmentEnd } from '../../repository/archive/segment-end.ts'
import { BackupDirectory } from '../../repository/backup-directory.ts'
import { publishIncrement } from '../../repository/own/increments.ts'
import { takeNextId } from '../../repository/own/last-id.ts'
import { filesOfListed, listBackups } from '../../repository/own/list/list-backups.ts'
import { heldWriter } from '../../repository/own/lock/writer-lock.ts'
import { addMark, readMarks } from '../../repository/own/marks.ts'
import { replacePolicy } from '../../repository/own/policy.ts'
import { noteVerification, pinBackup, unpinBackup } from '../../repository/own/records.ts'
import { removeBackups } from '../../repository/own/remove/remove-backups.ts'
import type { RepositoryWriter } from '../../repository/own/writer.ts'
import { checkSegments } from '../../verify/check-segments.ts'
import type { RepositoryTasks, WriterPlace } from '../repository-messages.ts'

type Handlers = {
  [Name in keyof RepositoryTasks]: (input: RepositoryTasks[Name]['input']) => RepositoryTasks[Name]['output']
}

/** relative, of a few plain names that a file system can have: no `..`, no drive, nothing hidden */
const REPOSITORY_PATH = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}){0,7}$/

export const repositoryHandlers: Handlers = {
  'list-repository': ({ root }) => {
    const archive = archiveFilesAt(root)
    const { backups, recovery, problems } = listBackups(new BackupDirectory(root), (path) => segmentEnd(archive, path))
    return { backups, recovery, problems }
  },
  'files-of-backup': ({ root, id, kind }) => filesOfListed(new BackupDirectory(root), { id, kind }),
  'read-repository-file': readRepositoryFile,
  'take-next-id': ({ writer }) => takeNextId(writerAt(writer)),
  'capture-full': captureFull,
  'copy-shared': (task) => copyShared(task),
  'publish-full': ({ writer, full, work }) => {
    writerAt(writer).assertHeld()
    return publishFull(full, work, nodeFileLayer)
  },
  'end-full': endFull,
  'publish-increment': ({ writer, increment }) => {
    publishIncrement(writerAt(writer), increment)
    return null
  },
  'remove-backups': ({ writer, ids, inUseIds, ...options }) =>
    removeBackups(writerAt(writer), ids, { ...options, inUseIds: new Set(inUseIds), isBackupBeingMade: false }),
  'note-verification': ({ writer, verified }) => {
    noteVerification(writerAt(writer), verified)
    return null
  },
  'add-mark': ({ writer, mark }) => addMark(writerAt(writer), mark),
  'read-marks': ({ root }) => readMarks(new BackupDirectory(root)),
  'pin-backup': ({ writer, id, note }) => {
    pinBackup(writerAt(writer), id, note)
    return null
  },
  'unpin-backup': ({ writer, id }) => {
    unpinBackup(writerAt(writer), id)
    return null
  },
  'replace-policy': ({ writer, policy }) => {
    replacePolicy(writerAt(writer), policy)
    return null
  },
  'archived-commits': ({ root, timeline, range }) => readArchivedCommits(archiveFilesAt(root), timeline, range),
  'check-segments': (task) => checkSegments(task),
}

/** The right to write that the process holds, in this thread. */
function writerAt({ root, instanceId }: WriterPlace): RepositoryWriter {
  return heldWriter({ root, instanceId, layer: nodeFileLayer, clock: systemClock })
}

/** Holds a state of the database open and writes what is the backup's own; the rest is for `copy-shared`. */
function captureFull(input: RepositoryTasks['capture-full']['input']): RepositoryTasks['capture-full']['output'] {
  writerAt(input.writer).assertHeld()
  const control = new ControlSwitch(input.control)
  const live = captureLiveFiles(input.databaseDirectory, { checkpoint: () => control.checkpoint() })
  try {
    const order = { ...input.order, createdAtUs: systemClock.nowUs() }
    const tools = { layer: nodeFileLayer, control, clock: systemClock, rateLimitBytesPerSecond: 0 }
    return { live, full: prepareFull(order, live, tools) }
  } catch (cause) {
    releaseLiveFiles(live)
    throw cause
  }
}

function endFull({ writer, live, discarded }: RepositoryTasks['end-full']['input']): null {
  releaseLiveFiles(live)
  if (discarded === null) return null
  // what somebody else has taken over may need these files by now
  writerAt(writer).assertHeld()
  discardFull(discarded.full, discarded.work, nodeFileLayer)
  return null
}

function readRepositoryFile(input: RepositoryTasks['read-repository-file']['input']): Uint8Array {
  const { root, path, offsetBytes, lengthBytes } = input
  const files = archiveFilesAt(root)
  if (!REPOSITORY_PATH.test(path) || files.stat(path)?.isFile() !== true) throw noSuchFile(path)
  const source = files.open(path)
  try {
    const bytes = new Uint8Array(Math.max(0, Math.min(lengthBytes, source.sizeBytes - offsetBytes)))
    return bytes.subarray(0, source.readInto(bytes, offsetBytes))
  } finally {
    source.close()
  }
}

function noSuchFile(path: string): AppError {
  return new AppError('PATH_NOT_FOUND', {
    message: 'no such file in the repository',
    subject: path.slice(0, 200),
    nextStep: 'ADMIN.BACKUP INFO names the files of a backup.',
  })
}
