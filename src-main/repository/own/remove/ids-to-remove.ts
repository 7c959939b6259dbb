import { AppError } from '#base/app-error.ts'
import { newestSoundFull } from '../../../retention/newest-sound-full.ts'
import { dependentIdsOf, dependentsOfAny } from '../list/chain-ids.ts'
import type { ListedBackup } from '../list/listed-backup.ts'

export type RemovalOptions = {
  /** remove what needs them too, instead of refusing */
  readonly withDependents: boolean
  /** the newest full that nothing is known against may go as well */
  readonly evenNewestSoundFull: boolean
  /** backups that a running restore or verification reads */
  readonly inUseIds: ReadonlySet<number>
}

/**
 * Which backups a removal takes away, ascending: the preview of what removeBackups does.
 * @param list.isWhole false: there may be dependents or pins that cannot be seen
 * @throws AppError BACKUP_NOT_FOUND; BACKUP_NEEDED when another backup builds on one of them; BACKUP_PROTECTED for one
 * that is pinned, in use, the newest sound full, or not the only one with its id; REPOSITORY_UNUSABLE
 */
export function idsToRemove(
  list: { readonly backups: readonly ListedBackup[]; readonly isWhole: boolean },
  ids: readonly number[],
  options: RemovalOptions,
): number[] {
  if (!list.isWhole) throw notWhole()
  const byId = Map.groupBy(list.backups, ({ id }) => id)
  const asked = ids.map((id) => soleBackup(id, byId))
  const dependents = dependentsOfAny(list.backups, asked)
  const removed = new Set([...asked.map(({ id }) => id), ...(options.withDependents ? dependents : [])])
  const isAnyLeft = dependents.some((id) => !removed.has(id))
  for (const backup of isAnyLeft ? asked : []) {
    const left = dependentIdsOf(list.backups, backup).filter((id) => !removed.has(id))
    if (left.length > 0) throw needed(backup.id, left)
  }
  const newestSound = options.evenNewestSoundFull ? null : newestSoundFull(list.backups)
  for (const id of removed) {
    if (soleBackup(id, byId).pin !== null) throw isProtected(id, 'it is pinned', 'Take its pin away first.')
    if (options.inUseIds.has(id)) throw isProtected(id, 'it is being read', 'Wait for the restore or the verification.')
    if (id === newestSound) {
      const nextStep = 'Make another full backup first, or say expressly that this one may go.'
      throw isProtected(id, 'it is the newest sound full backup', nextStep)
    }
  }
  return [...removed].sort((left, right) => left - right)
}

function soleBackup(id: number, byId: ReadonlyMap<number, readonly ListedBackup[]>): ListedBackup {
  const [backup, ...others] = byId.get(id) ?? []
  if (backup === undefined) {
    throw new AppError('BACKUP_NOT_FOUND', {
      message: `no backup ${id} in this repository`,
      unharmed: 'Nothing was removed.',
      nextStep: 'Look at the list: it may have been removed since.',
    })
  }
  if (others.length > 0) {
    const nextStep = 'Another program gave an id that was taken. Remove the one that you do not need by hand.'
    throw isProtected(id, 'two backups have this id', nextStep)
  }
  return backup
}

function needed(id: number, byIds: readonly number[]): AppError {
  return new AppError('BACKUP_NEEDED', {
    message: `backup ${id} is needed by ${byIds.length === 1 ? 'backup' : 'backups'} ${byIds.join(', ')}`,
    unharmed: 'Nothing was removed.',
    nextStep: 'Remove these too, or first.',
  })
}

function isProtected(id: number, why: string, nextStep: string): AppError {
  return new AppError('BACKUP_PROTECTED', {
    message: `backup ${id} stays: ${why}`,
    unharmed: 'Nothing was removed.',
    nextStep,
  })
}

function notWhole(): AppError {
  return new AppError('REPOSITORY_UNUSABLE', {
    message: 'a folder of the repository cannot be read, so it is not known what needs what',
    unharmed: 'Nothing was removed.',
    nextStep: 'The problems of the list name the folder; make it readable again.',
  })
}
