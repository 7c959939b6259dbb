import { isAbsolute, relative, resolve, sep } from 'node:path'
import { AppError } from '#base/app-error.ts'

/**
 * An engine removes files that it does not know, and a copy of the database would hold them too.
 * @param what is to be put there: "the repository"
 * @throws AppError TARGET_INSIDE_SOURCE
 */
export function refuseInside(databaseDirectory: string, path: string, what: string): void {
  const fromDatabase = relative(databaseDirectory, resolve(path))
  if (fromDatabase === '..' || fromDatabase.startsWith(`..${sep}`) || isAbsolute(fromDatabase)) return
  throw new AppError('TARGET_INSIDE_SOURCE', {
    message: `${what} would lie in the directory of the database`,
    subject: path,
    unharmed: 'Nothing was written.',
    nextStep: 'Choose a directory on another disk, or at least beside the database.',
  })
}
