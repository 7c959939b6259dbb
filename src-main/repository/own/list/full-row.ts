import type { Damage } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { type BackupMeta, parseBackupMeta } from '../../../rocksdb/backup-meta.ts'
import type { BackupDirectory } from '../../backup-directory.ts'
import { fileDamage } from '../../indexed.ts'
import { metaPathOf } from '../../read-meta.ts'
import { type FullMetadata, parseFullMetadata } from '../format/full-metadata.ts'
import type { FileSizes } from './file-sizes.ts'
import type { BackupRow } from './listed-backup.ts'
import { missedFile, worstState } from './needed-file.ts'
import { orNote } from './noted-damages.ts'

/** damages of one backup that are kept; a folder that is gone would give one for each file */
const PROBLEMS_MAX = 20

/**
 * A full backup by its meta file, and whether its files are there.
 * @param context.currentTimeline where a backup belongs that says nothing about it
 */
export function readFullRow(
  directory: BackupDirectory,
  id: number,
  context: { sizes: FileSizes; currentTimeline: string | null },
): BackupRow {
  const path = metaPathOf(id)
  const problems: Damage[] = []
  const meta = orNote(problems, path, () => parseBackupMeta(directory.read(path, limits.metaFileBytesMax), id, path))
  if (meta === null) return unreadableFull(id, problems)
  const metadata = orNote(problems, path, () => ({ own: parseFullMetadata(meta.appMetadata, path) }))
  const files = meta.files.map((file) => ({ file, ...missedFile(context.sizes, file) }))
  problems.push(...files.flatMap(({ damage }) => damage ?? []).slice(0, PROBLEMS_MAX))
  if (meta.files.some(({ excluded }) => excluded)) problems.push(fileDamage(path, 'files were left out on purpose'))
  const isExcluding = meta.files.some(({ excluded }) => excluded)
  return {
    id,
    kind: 'full',
    state: worstState([
      ...files.map(({ state }) => state),
      ...(metadata === null ? (['damaged'] as const) : []),
      ...(isExcluding ? (['incomplete'] as const) : []),
    ]),
    ...describedBy(meta, metadata, context.currentTimeline),
    fileCount: meta.files.length,
    totalBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    baseId: null,
    problems,
    needs: files.map(({ file, sizeBytes }) => ({ path: file.path, sizeBytes })),
  }
}

/** Of a foreign backup the meta file's sequence is a lower bound: it was taken before the copy. */
function describedBy(meta: BackupMeta, metadata: { own: FullMetadata | null } | null, currentTimeline: string | null) {
  const own = metadata?.own ?? null
  const foreignTimeUs = meta.createdAtS * 1_000_000
  return {
    timeline: metadata === null ? null : own === null ? currentTimeline : own.timeline,
    createdAtUs: own?.createdAtUs ?? (Number.isSafeInteger(foreignTimeUs) ? foreignTimeUs : null),
    firstSequence: own?.firstSequence ?? null,
    lastSequence: own?.lastSequence ?? null,
    sequenceFloor: metadata === null ? null : (own?.lastSequence ?? meta.sequence),
    lastCommitAtUs: own?.lastCommitAtUs ?? null,
    label: own?.label ?? null,
  }
}

function unreadableFull(id: number, problems: readonly Damage[]): BackupRow {
  return {
    id,
    kind: 'full',
    state: 'damaged',
    timeline: null,
    createdAtUs: null,
    firstSequence: null,
    lastSequence: null,
    sequenceFloor: null,
    lastCommitAtUs: null,
    fileCount: 0,
    totalBytes: 0,
    baseId: null,
    label: null,
    problems,
    needs: null,
  }
}
