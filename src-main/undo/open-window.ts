import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'
import { archivedLogs } from '../repository/archive/archived-logs.ts'
import { BackupDirectory } from '../repository/backup-directory.ts'
import { readLogOptions } from '../repository/log-options.ts'
import { filesOfBackup } from '../repository/manifest-of-backup.ts'
import { readMeta } from '../repository/read-meta.ts'
import { indexCommits } from '../rocksdb/commits/commit-index.ts'
import { BlockCache } from '../rocksdb/sst/block-cache.ts'
import { neededLogs, openView, type View } from '../rocksdb/view/view.ts'

const CACHE_BYTES = 32 * 1024 * 1024

/** Between which two instants something was lost: around one commit, or between two sequences. */
export type WindowRequest =
  | { readonly kind: 'commit'; readonly sequence: number }
  | { readonly kind: 'between'; readonly beforeSequence: number; readonly afterSequence: number }

/** Two instants of one database, open. */
export type Window = {
  /** absolute */
  readonly repositoryPath: string
  /** the backup that both are seen from */
  readonly backupId: number
  readonly before: View
  readonly after: View
  readonly beforeSequence: number
  readonly afterSequence: number
  readonly close: () => void
}

/**
 * Opens the state before and the state after what is to be undone, from the newest backup that is old enough and the archive
 * behind it.
 * @throws AppError INSTANT_NOT_COVERED, BAD_REQUEST, NOT_A_BACKUP_DIRECTORY, LIMIT_EXCEEDED, IO_FAILED; whatever
 * `checkpoint` throws
 */
export function openWindow(path: string, request: WindowRequest, checkpoint: () => void): Window {
  if (request.kind === 'between' && request.beforeSequence >= request.afterSequence) throw backwards(request)
  const directory = new BackupDirectory(path)
  const wanted = request.kind === 'commit' ? request.sequence - 1 : request.beforeSequence
  let refusal: unknown = null
  for (const backupId of directory.backupIds().reverse()) {
    try {
      return openFrom(directory, backupId, request, wanted, checkpoint)
    } catch (error) {
      if (!mayBeOlder(error)) throw error
      refusal ??= error
    }
  }
  throw refusal ?? notCovered(directory, wanted, 'there is no backup')
}

/** A base that is too new, or damaged: an older one may do. */
function mayBeOlder(error: unknown): boolean {
  if (error instanceof DamageError) return true
  return error instanceof AppError && (error.code === 'INSTANT_NOT_COVERED' || error.code === 'PATH_NOT_FOUND')
}

function openFrom(
  directory: BackupDirectory,
  backupId: number,
  request: WindowRequest,
  wanted: number,
  checkpoint: () => void,
): Window {
  const { meta } = readMeta(directory, backupId)
  const fileSet = filesOfBackup(directory, meta)
  const archive = archivedLogs(directory, meta)
  const recoveryMode = readLogOptions(fileSet).recoveryMode ?? undefined
  const cache = new BlockCache(CACHE_BYTES)
  const open = (upToSequence: number) => openView(fileSet, { cache, upToSequence, archive, recoveryMode, checkpoint })
  const before = open(wanted)
  try {
    const logs = [...neededLogs(fileSet, before.manifest), ...archive]
    const commits = indexCommits(logs, { upToSequence: null, flushedSequence: before.manifest.lastSequence })
    const afterSequence =
      request.kind === 'between' ? request.afterSequence : endOfCommit(directory, commits, request.sequence)
    const reached = Math.max(before.manifest.lastSequence, commits.at(commits.count - 1).lastSequence)
    if (reached < afterSequence) throw notCovered(directory, afterSequence, `what is archived ends with ${reached}`)
    const after = open(afterSequence)
    const close = () => {
      before.close()
      after.close()
    }
    return {
      repositoryPath: directory.root,
      backupId,
      before,
      after,
      beforeSequence: before.lastSequence,
      afterSequence: after.lastSequence,
      close,
    }
  } catch (error) {
    before.close()
    throw error
  }
}

function endOfCommit(directory: BackupDirectory, commits: ReturnType<typeof indexCommits>, sequence: number): number {
  const commit = commits.at(commits.countBefore(sequence + 1) - 1)
  if (commit.firstSequence > 0 && commit.firstSequence <= sequence && sequence <= commit.lastSequence)
    return commit.lastSequence
  throw notCovered(directory, sequence, 'no commit with this sequence is archived')
}

function notCovered(directory: BackupDirectory, sequence: number, why: string): AppError {
  return new AppError('INSTANT_NOT_COVERED', {
    message: `sequence ${sequence} cannot be seen: ${why}`,
    subject: directory.root,
    unharmed: 'Nothing was changed.',
    nextStep: 'List what can be chosen with: lifeboat commits <directory>.',
  })
}

function backwards({ beforeSequence, afterSequence }: { beforeSequence: number; afterSequence: number }): AppError {
  return new AppError('BAD_REQUEST', {
    message: 'the instant before must come before the instant after',
    subject: `${beforeSequence}, ${afterSequence}`,
    unharmed: 'Nothing was changed.',
  })
}
