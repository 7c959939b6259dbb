import { AppError } from '#base/app-error.ts'
import type { BackupMeta } from '../../rocksdb/backup-meta.ts'
import type { WalFile } from '../../rocksdb/wal/wal-file.ts'
import type { BackupDirectory } from '../backup-directory.ts'
import { parseFullMetadata } from '../own/format/full-metadata.ts'
import { parseTimelines, TIMELINES_FILE } from '../own/format/timelines.ts'
import { metaPathOf } from '../read-meta.ts'
import { openSealedJson } from '../sealed-json.ts'
import { isSegmentName, timelineFolder } from './segment-names.ts'

const TIMELINES_BYTES_MAX = 16 * 1024 * 1024

/**
 * The logs that were archived beside the backups, on the timeline of one of them, in order. None in a plain BackupEngine
 * directory.
 * @throws AppError BAD_REQUEST when there are several timelines and nothing says which one the backup is on; DamageError
 */
export function archivedLogs(directory: BackupDirectory, meta: BackupMeta): WalFile[] {
  const timelines = timelinesIn(directory)
  if (timelines.length === 0) return []
  const timeline = timelineOf(directory, meta) ?? onlyOf(directory, timelines)
  const folder = timelineFolder(timeline)
  return segmentsIn(directory, folder).map((name) => ({
    logNumber: null,
    open: () => directory.open(`${folder}/${name}`),
  }))
}

/** Changes when the archive grows. */
export function archiveFingerprint(directory: BackupDirectory): string {
  const facts = timelinesIn(directory).map((timeline) => {
    const folder = timelineFolder(timeline)
    const segments = segmentsIn(directory, folder)
    const last = segments.at(-1)
    const sizeBytes = last === undefined ? 0 : (directory.stat(`${folder}/${last}`)?.size ?? 0)
    return `${timeline} ${segments.length} ${last} ${sizeBytes}`
  })
  return facts.join('; ')
}

/** As its own metadata says, or the current one; null when neither is known. */
function timelineOf(directory: BackupDirectory, meta: BackupMeta): string | null {
  const own = parseFullMetadata(meta.appMetadata, metaPathOf(meta.backupId))
  if (own !== null) return own.timeline
  if (directory.stat(TIMELINES_FILE) === null) return null
  return parseTimelines(openSealedJson(TIMELINES_FILE, directory.read(TIMELINES_FILE, TIMELINES_BYTES_MAX))).current
}

function onlyOf(directory: BackupDirectory, timelines: readonly string[]): string {
  const [timeline, ...others] = timelines
  if (timeline !== undefined && others.length === 0) return timeline
  throw new AppError('BAD_REQUEST', {
    message: `the archive has ${timelines.length} timelines, and which one this backup is on is not known`,
    subject: directory.root,
    nextStep: 'Look at the state of the backup itself, without an instant behind it.',
  })
}

function timelinesIn(directory: BackupDirectory): string[] {
  return directory.list('wal').filter((name) => !name.startsWith('.'))
}

function segmentsIn(directory: BackupDirectory, folder: string): string[] {
  return directory.list(folder).filter(isSegmentName)
}
