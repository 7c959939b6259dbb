import { AppError } from '#base/app-error.ts'
import type { WalFile } from '../rocksdb/wal/wal-file.ts'
import type { BackupDirectory } from './backup-directory.ts'

const SEGMENT_NAME = /^[0-9]{20}\.wal$/

/**
 * The logs that were archived beside the backups, in order: `wal/<timeline>/<first sequence, 20 digits>.wal`. None in a
 * plain BackupEngine directory.
 * @throws AppError BAD_REQUEST when there are several timelines: which one a backup is on is not known here
 */
export function archivedLogs(directory: BackupDirectory): WalFile[] {
  const timelines = directory.list('wal').filter((name) => !name.startsWith('.'))
  const [timeline, ...others] = timelines
  if (timeline === undefined) return []
  if (others.length > 0) {
    throw new AppError('BAD_REQUEST', {
      message: `the archive has ${timelines.length} timelines, and which one this backup is on is not known`,
      subject: directory.root,
      nextStep: 'Look at the state of the backup itself, without an instant behind it.',
    })
  }
  const folder = `wal/${timeline}`
  return segmentsIn(directory, folder).map((name) => ({
    logNumber: null,
    open: () => directory.open(`${folder}/${name}`),
  }))
}

/** Changes when the archive grows. */
export function archiveFingerprint(directory: BackupDirectory): string {
  const facts = directory.list('wal').map((timeline) => {
    const segments = segmentsIn(directory, `wal/${timeline}`)
    const last = segments.at(-1)
    const sizeBytes = last === undefined ? 0 : (directory.stat(`wal/${timeline}/${last}`)?.size ?? 0)
    return `${timeline} ${segments.length} ${last} ${sizeBytes}`
  })
  return facts.join('; ')
}

function segmentsIn(directory: BackupDirectory, folder: string): string[] {
  return directory.list(folder).filter((name) => SEGMENT_NAME.test(name))
}
