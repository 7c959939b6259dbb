import { AppError } from '#base/app-error.ts'
import { limits } from '#base/limits.ts'
import { BackupDirectory } from '../backup-directory.ts'
import { isMarkName, MARK_NAME_LENGTH_MAX, MARKS_FILE, type Mark, parseMarks } from './format/marks.ts'
import { readSealedFile, writeSealedFile } from './sealed-file.ts'
import { readTimelines } from './timelines.ts'
import type { RepositoryWriter } from './writer.ts'

/** The named recovery points of a repository, in the order in which they were made. @throws DamageError, AppError */
export function readMarks(directory: BackupDirectory): Mark[] {
  return readSealedFile(directory, MARKS_FILE, parseMarks) ?? []
}

/**
 * Names a recovery point; a name stands once in a repository. After a crash it is there or it is not, and the others are
 * there.
 * @returns the mark, with the time of its making
 * @throws AppError BAD_REQUEST for a name that is taken or cannot be one, or a timeline that is not there; LIMIT_EXCEEDED;
 * REPOSITORY_BUSY, DISK_FULL, IO_FAILED; DamageError when the marks that there are cannot be read
 */
export function addMark(writer: RepositoryWriter, order: Omit<Mark, 'madeAtUs'>): Mark {
  const directory = new BackupDirectory(writer.root)
  const { name, timeline, sequence } = order
  if (!isMarkName(name)) {
    const message = `a recovery point has a name of 1 to ${MARK_NAME_LENGTH_MAX} visible characters`
    throw refused(message, 'Choose another name, without control characters and without space at its ends.')
  }
  const marks = readMarks(directory)
  if (marks.some((mark) => mark.name === name)) {
    throw refused(`there is a recovery point “${name}” already`, 'Choose another name.')
  }
  const known = readTimelines(directory)?.timelines ?? []
  if (!known.some(({ id }) => id === timeline)) {
    throw refused(`there is no timeline ${timeline} to name a point of`, 'Name a point of the current timeline.')
  }
  const mark = { name, timeline, sequence, madeAtUs: writer.clock.nowUs() }
  const body = { marks: [...marks, mark] }
  requireReadable(body)
  writeSealedFile(writer, MARKS_FILE, body)
  return mark
}

/** What could not be read again must not be written. */
function requireReadable(body: { marks: readonly Mark[] }): void {
  parseMarks(body)
  // the seal takes some 40 bytes
  if (Buffer.byteLength(JSON.stringify(body)) + 64 <= limits.repositoryFileBytesMax) return
  throw new AppError('LIMIT_EXCEEDED', {
    message: `the repository has ${body.marks.length - 1} named recovery points, and no more fit into ${MARKS_FILE}`,
    subject: MARKS_FILE,
    unharmed: 'Nothing was changed.',
  })
}

function refused(message: string, nextStep: string): AppError {
  return new AppError('BAD_REQUEST', { message, subject: MARKS_FILE, unharmed: 'Nothing was changed.', nextStep })
}
