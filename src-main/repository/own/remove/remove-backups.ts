import { dirname } from 'node:path'
import { BackupDirectory } from '../../backup-directory.ts'
import { metaPathOf } from '../../read-meta.ts'
import { incrementPath } from '../format/increment.ts'
import type { ListedBackup } from '../list/listed-backup.ts'
import { scanRepository } from '../list/scan-repository.ts'
import type { RepositoryWriter } from '../writer.ts'
import { FileRemover, type Removed } from './file-remover.ts'
import { idsToRemove, type RemovalOptions } from './ids-to-remove.ts'
import { removeLeftovers } from './leftovers.ts'

export type RemovedBackups = Removed & {
  /** ascending; with what was removed along with the asked ones */
  readonly removedIds: readonly number[]
}

/**
 * Removes backups so that a crash at any step leaves a true list: what describes them goes first, what needs another
 * before the other, each made to last; then every file that no backup needs any more.
 * @param options.isBackupBeingMade true: files stay until the next removeLeftovers, because those of the backup that is
 * being made have no user yet
 * @throws AppError as idsToRemove; REPOSITORY_BUSY, ACCESS_DENIED, IO_FAILED: some of the backups may be gone then, the
 * others are whole
 */
export function removeBackups(
  writer: RepositoryWriter,
  ids: readonly number[],
  options: RemovalOptions & { readonly isBackupBeingMade: boolean },
): RemovedBackups {
  const directory = new BackupDirectory(writer.root)
  const { backups, isListWhole } = scanRepository(directory)
  const removedIds = idsToRemove({ backups, isWhole: isListWhole }, ids, options)
  const chosen = new Set(removedIds)
  const remover = new FileRemover(writer, directory)
  for (const wave of waves(backups.filter(({ id }) => chosen.has(id)))) {
    for (const path of wave) remover.remove(path)
    for (const folder of new Set(wave.map((path) => dirname(path)))) remover.sync(folder)
  }
  const described = remover.removed
  const files = options.isBackupBeingMade ? null : removeLeftovers(writer)
  return {
    removedIds,
    fileCount: described.fileCount + (files?.fileCount ?? 0),
    freedBytes: described.freedBytes + (files?.freedBytes ?? 0),
    problems: files?.problems ?? [],
  }
}

/** The files that describe backups: nothing in a wave is needed by a later one. */
function waves(backups: readonly ListedBackup[]): string[][] {
  const height = new Map<number, number>()
  const levels: string[][] = []
  for (const { id, kind, baseId } of backups.toSorted((left, right) => right.id - left.id)) {
    const level = height.get(id) ?? 0
    const path = kind === 'full' ? metaPathOf(id) : incrementPath(id)
    levels[level] = [...(levels[level] ?? []), path]
    if (baseId !== null) height.set(baseId, Math.max(height.get(baseId) ?? 0, level + 1))
  }
  return levels
}
