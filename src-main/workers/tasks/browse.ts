import { readdirSync, realpathSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileError } from '#base/file-error.ts'
import { isBackupDirectory } from '../../repository/backup-directory.ts'
import type { Tasks } from '../messages.ts'

/** The directories in a directory, hidden ones last. */
export function browse(input: Tasks['browse']['input']): Tasks['browse']['output'] {
  try {
    const path = realpathSync(resolve(input.path))
    const entries = readdirSync(path, { withFileTypes: true })
    const names = entries
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort((left, right) => Number(left.startsWith('.')) - Number(right.startsWith('.')) || (left < right ? -1 : 1))
    return {
      path,
      parent: dirname(path) === path ? null : dirname(path),
      isBackupDirectory: isBackupDirectory(path),
      isEmpty: entries.length === 0,
      entries: names.slice(0, input.limit).map((name) => {
        const entryPath = join(path, name)
        return { name, path: entryPath, isBackupDirectory: isBackupDirectory(entryPath) }
      }),
      leftOutCount: Math.max(0, names.length - input.limit),
    }
  } catch (cause) {
    throw fileError(cause, input.path)
  }
}
