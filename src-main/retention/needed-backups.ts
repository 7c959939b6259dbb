import type { RetentionBackup } from './retention-backup.ts'

/**
 * The backups that others need, with the one that needs them: bases down to the full. Where the base of an increment
 * cannot be read, every backup before it is taken for needed, down to the first full that is whole.
 */
export function neededBackups(
  backups: readonly RetentionBackup[],
  keptIds: ReadonlySet<number>,
): Map<number, { byId: number }> {
  const needed = new Map<number, { byId: number }>()
  const newestFirst = backups.toSorted((left, right) => right.id - left.id)
  newestFirst.forEach((backup, index) => {
    if (backup.kind === 'full' || !(keptIds.has(backup.id) || needed.has(backup.id))) return
    const before = newestFirst.slice(index + 1)
    const bases = backup.baseId === null ? downToWholeFull(before) : before.filter(({ id }) => id === backup.baseId)
    for (const { id } of bases) if (!needed.has(id)) needed.set(id, { byId: backup.id })
  })
  return needed
}

function downToWholeFull(newestFirst: readonly RetentionBackup[]): readonly RetentionBackup[] {
  const at = newestFirst.findIndex(({ kind, state }) => kind === 'full' && state === 'ok')
  return at === -1 ? newestFirst : newestFirst.slice(0, at + 1)
}
