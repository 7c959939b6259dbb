import { randomUUID } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { AppError } from '#base/app-error.ts'
import { systemClock } from '#base/clock.ts'
import { fileError } from '#base/file-error.ts'
import { nodeFileLayer } from '#base/file-layer.ts'
import { archiveFilesAt } from '../repository/archive/archive-files.ts'
import { segmentEnd } from '../repository/archive/segment-end.ts'
import { BackupDirectory } from '../repository/backup-directory.ts'
import type { Mark } from '../repository/own/format/marks.ts'
import { listBackups } from '../repository/own/list/list-backups.ts'
import { ownProcess } from '../repository/own/lock/process-facts.ts'
import { WriterLock } from '../repository/own/lock/writer-lock.ts'
import { addMark } from '../repository/own/marks.ts'
import { readIdentity } from '../repository/own/open-repository.ts'
import { readTimelines } from '../repository/own/timelines.ts'
import type { ServerAddress } from '../servers/server-address.ts'
import { defaultTimeouts, ServerCommands } from '../servers/session/commands.ts'

/**
 * Names the last state that a repository can go back to. Its lock is held meanwhile: where an agent runs, it is asked instead.
 * @throws AppError REPOSITORY_BUSY, BAD_REQUEST for a name that is taken, BACKUP_NOT_FOUND without anything to go back to
 */
export function markInRepository(path: string, name: string): Mark {
  const directory = openRepository(path)
  const lock = new WriterLock({
    root: directory.root,
    layer: nodeFileLayer,
    clock: systemClock,
    program: 'agent',
    instanceId: randomUUID(),
    process: ownProcess(),
  })
  const writer = lock.acquire()
  try {
    const timeline = readTimelines(directory)?.current ?? '1'
    return addMark(writer, { name, timeline, sequence: lastSequence(directory, timeline) })
  } finally {
    lock.release()
  }
}

/**
 * Has an agent or a sandbox name the state as it is now. Sent once.
 * @throws AppError what it refuses; OUTCOME_UNKNOWN when its reply was lost
 */
export async function markThroughServer(address: ServerAddress, name: string): Promise<void> {
  const commands = new ServerCommands(address, defaultTimeouts, systemClock)
  try {
    const { lost } = await commands.change(['ADMIN.BACKUP', 'MARK', name], defaultTimeouts.readMs)
    if (lost !== null) throw lost
  } finally {
    commands.close()
  }
}

function openRepository(path: string): BackupDirectory {
  let root: string
  try {
    root = realpathSync(path)
  } catch (cause) {
    throw fileError(cause, path)
  }
  const directory = new BackupDirectory(root)
  if (readIdentity(directory) !== null) return directory
  throw new AppError('REPOSITORY_UNUSABLE', {
    message: 'not a repository that an agent writes: there is no archive to name a point of',
    subject: root,
    unharmed: 'Nothing was changed.',
    nextStep: 'Name the directory that was given to lifeboat agent --repo.',
  })
}

function lastSequence(directory: BackupDirectory, timeline: string): number {
  const archive = archiveFilesAt(directory.root)
  const { recovery } = listBackups(directory, (path) => segmentEnd(archive, path))
  const last = recovery.find((each) => each.timeline === timeline)?.windows.at(-1)
  if (last !== undefined) return last.toSequence
  throw new AppError('BACKUP_NOT_FOUND', {
    message: 'there is no state to go back to yet',
    subject: directory.root,
    unharmed: 'Nothing was changed.',
    nextStep: 'Make a full backup first.',
  })
}
