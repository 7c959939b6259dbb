import { AppError } from '#base/app-error.ts'
import { BackupDirectory } from '../backup-directory.ts'
import { parseTimelines, TIMELINE_ID, TIMELINES_FILE, type Timeline, type Timelines } from './format/timelines.ts'
import { readSealedFile, writeSealedFile } from './sealed-file.ts'
import type { RepositoryWriter } from './writer.ts'

/** The timelines of a repository; null for a plain BackupEngine directory. @throws DamageError, AppError */
export function readTimelines(directory: BackupDirectory): Timelines | null {
  return readSealedFile(directory, TIMELINES_FILE, parseTimelines)
}

/**
 * Adds a timeline and makes it the current one: a fork of another one, or that of another database (parent null).
 * @returns the new timeline; its id was never used before
 * @throws AppError BAD_REQUEST for a parent that is not there; DamageError
 */
export function addTimeline(
  writer: RepositoryWriter,
  fork: Pick<Timeline, 'databaseId' | 'parent' | 'forkSequence'>,
): Timeline {
  const directory = new BackupDirectory(writer.root)
  const { timelines } = requireTimelines(directory)
  if (fork.parent !== null && !timelines.some(({ id }) => id === fork.parent)) {
    throw new AppError('BAD_REQUEST', {
      message: `there is no timeline ${fork.parent} to fork from`,
      subject: writer.root,
      unharmed: 'Nothing was changed.',
    })
  }
  // a folder may be there without its timeline, after a crash
  const used = [...timelines.map(({ id }) => id), ...directory.list('wal')].filter((id) => TIMELINE_ID.test(id))
  const id = String(Math.max(0, ...used.map(Number)) + 1)
  const { databaseId, parent, forkSequence } = fork
  const timeline = { id, databaseId, parent, forkSequence, createdAtUs: writer.clock.nowUs() }
  replaceTimelines(writer, { current: id, timelines: [...timelines, timeline] })
  return timeline
}

/** Notes which database the current timeline is of, once it is known. @throws DamageError, AppError */
export function nameDatabase(writer: RepositoryWriter, databaseId: string): void {
  const { current, timelines } = requireTimelines(new BackupDirectory(writer.root))
  const named = timelines.map((each) => (each.id === current ? { ...each, databaseId } : each))
  replaceTimelines(writer, { current, timelines: named })
}

function replaceTimelines(writer: RepositoryWriter, timelines: Timelines): void {
  // what could not be read again must not be written
  writeSealedFile(writer, TIMELINES_FILE, parseTimelines(timelines))
}

function requireTimelines(directory: BackupDirectory): Timelines {
  const timelines = readTimelines(directory)
  if (timelines !== null) return timelines
  throw new AppError('REPOSITORY_UNUSABLE', {
    message: `${TIMELINES_FILE} is missing`,
    subject: directory.root,
    unharmed: 'Nothing was changed; the backups can be restored.',
    nextStep: 'Copy the file back from where the repository was copied to, or begin a new repository.',
  })
}
