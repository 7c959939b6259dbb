import { readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type Damage, describeDamage } from '#base/damage.ts'
import { openLocalFile } from '#base/local-file.ts'
import { memorySource } from '#base/memory-source.ts'
import type { RecoveryPlan } from '#contract'
import { BackupDirectory } from '../../repository/backup-directory.ts'
import { DatabaseDirectory } from '../../repository/database-directory.ts'
import { readLogOptions } from '../../repository/log-options.ts'
import { filesOfBackup } from '../../repository/manifest-of-backup.ts'
import { readMeta } from '../../repository/read-meta.ts'
import { LogWriter } from '../../rocksdb/log/log-writer.ts'
import type { ColumnFamily } from '../../rocksdb/manifest/manifest-state.ts'
import { readManifest } from '../../rocksdb/manifest/read-manifest.ts'
import { BlockCache } from '../../rocksdb/sst/block-cache.ts'
import type { FileSet } from '../../rocksdb/view/file-set.ts'
import { directoryFileSet } from '../../rocksdb/view/named-file-set.ts'
import { neededLogs, openView, type View, type ViewOptions } from '../../rocksdb/view/view.ts'
import type { WalFile } from '../../rocksdb/wal/wal-file.ts'
import { SegmentWalk } from '../tail/segment-walk.ts'
import type { TailSegment } from '../tail/tail-task.ts'
import { endBefore } from '../tail/write-tail.ts'

const CACHE_BYTES = 32 * 1024 * 1024

/** One of the two states that are compared. Close it. */
export type ComparedState = { readonly view: View; readonly damages: readonly string[]; close(): void }

export type CompareOptions = Pick<ViewOptions, 'accepts' | 'checkpoint'>

/** The recovered database, as its own files say. @throws AppError, DamageError when it cannot be opened */
export function openRecovered(filesPath: string, options: CompareOptions): ComparedState {
  const directory = new DatabaseDirectory(filesPath)
  try {
    const state = opened(directory.fileSet, options)
    return {
      ...state,
      close() {
        state.close()
        directory.close()
      },
    }
  } catch (error) {
    directory.close()
    throw error
  }
}

/** The logs of a recovered database that count, and the families that its MANIFEST knows. @throws AppError, DamageError */
export function logsOf(filesPath: string): { logs: readonly WalFile[]; columnFamilies: readonly ColumnFamily[] } {
  // the names alone are kept: each log is opened when it is read
  const fileSet = directoryFileSet(readdirSync(filesPath), (name) => openLocalFile(join(filesPath, name), name))
  const source = fileSet.openManifest()
  try {
    const manifest = readManifest(source)
    return { logs: neededLogs(fileSet, manifest), columnFamilies: manifest.columnFamilies }
  } finally {
    source.close()
  }
}

/** What the repository shows for the point: the base, with the archive above it. @throws AppError, DamageError */
export function openExpected(plan: RecoveryPlan, options: CompareOptions): ComparedState {
  const directory = new BackupDirectory(plan.repositoryPath)
  const { meta } = readMeta(directory, plan.base.backupId)
  const archive = plan.segments.map((segment, index) => walFileOf(directory, segment, plan.segments[index + 1]))
  return opened(filesOfBackup(directory, meta), { ...options, archive, upToSequence: plan.effective.sequence })
}

function opened(fileSet: FileSet, options: ViewOptions): ComparedState {
  const { recoveryMode, damages } = readLogOptions(fileSet)
  const cache = new BlockCache(CACHE_BYTES)
  const view = openView(fileSet, { ...options, cache, recoveryMode: recoveryMode ?? undefined })
  const all: readonly Damage[] = [...view.damages, ...damages]
  return { view, damages: all.map(describeDamage), close: () => view.close() }
}

function walFileOf(directory: BackupDirectory, segment: TailSegment, next: TailSegment | undefined): WalFile {
  const upToSequence = endBefore(segment, next)
  if (upToSequence === null) return { logNumber: null, open: () => directory.open(segment.path) }
  // what the timeline that was left behind went on with is no part of this one
  return {
    logNumber: null,
    open: () => memorySource(basename(segment.path), cutSegment(directory, segment, upToSequence)),
  }
}

/** A segment up to where its timeline forked; segments have a size that fits into memory. */
function cutSegment(directory: BackupDirectory, segment: TailSegment, upToSequence: number): Uint8Array {
  const chunks: Uint8Array[] = []
  const writer = new LogWriter((bytes) => chunks.push(new Uint8Array(bytes)))
  const walk = new SegmentWalk(
    { afterSequence: segment.firstSequence - 1, lastSequence: upToSequence },
    { record: (pieces) => writer.append(pieces), timestampSizes: (sizes) => writer.appendTimestampSizes(sizes) },
    () => {},
  )
  const source = directory.open(segment.path)
  try {
    walk.segment(source, upToSequence)
  } finally {
    source.close()
  }
  writer.flush()
  return Buffer.concat(chunks)
}
