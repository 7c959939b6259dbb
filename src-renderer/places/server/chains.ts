import type { ServerBackup } from '#contract'

/** A backup in its chain: a full one, or one that builds on the row above it. */
export type ChainRow = {
  /** tells rows apart: its id, with a number where an id comes again */
  readonly key: string
  readonly backup: ServerBackup
  /** it builds on another one, and stands below it */
  readonly isIncrement: boolean
  /** nothing of its chain comes after it */
  readonly isLast: boolean
  /** it names a base that the list does not have */
  readonly isBaseMissing: boolean
}

/**
 * The backups chain by chain: the chain with the newest backup first, and in it the full one with its increments below, in the order
 * in which they build on each other. Takes any list: ids that name themselves, each other in a circle, or nothing.
 */
export function chainRows(newestFirst: readonly ServerBackup[]): ChainRow[] {
  const byId = new Map(newestFirst.map((backup) => [backup.id, backup]))
  const keys = keysOf(newestFirst)
  const chains = new Map<ServerBackup, ServerBackup[]>()
  const roots = rootsOf(newestFirst, byId)
  for (const backup of newestFirst) {
    const root = roots.get(backup) ?? backup
    const chain = chains.get(root)
    if (chain === undefined) chains.set(root, [backup])
    else chain.push(backup)
  }
  return [...chains].flatMap(([root, chain]) => rowsOf(root, chain, { byId, keys }))
}

type Known = {
  readonly byId: ReadonlyMap<string, ServerBackup>
  readonly keys: ReadonlyMap<ServerBackup, string>
}

function keysOf(backups: readonly ServerBackup[]): Map<ServerBackup, string> {
  const counts = new Map<string, number>()
  const keys = new Map<ServerBackup, string>()
  for (const backup of backups) {
    const count = (counts.get(backup.id) ?? 0) + 1
    counts.set(backup.id, count)
    keys.set(backup, count === 1 ? backup.id : `${backup.id} (${count})`)
  }
  return keys
}

function rowsOf(root: ServerBackup, chain: ServerBackup[], { byId, keys }: Known): ChainRow[] {
  const members = [root, ...chain.filter((backup) => backup !== root).reverse()]
  return members.map((backup, index) => ({
    key: keys.get(backup) ?? backup.id,
    backup,
    isIncrement: backup !== root || buildsOnOther(backup),
    isLast: index === members.length - 1,
    isBaseMissing: buildsOnOther(backup) && backup.baseId !== null && !byId.has(backup.baseId),
  }))
}

/** For each backup the first one of its chain, walked once each. */
function rootsOf(
  backups: readonly ServerBackup[],
  byId: ReadonlyMap<string, ServerBackup>,
): Map<ServerBackup, ServerBackup> {
  const roots = new Map<ServerBackup, ServerBackup>()
  for (const backup of backups) {
    const path: ServerBackup[] = []
    const onPath = new Set<ServerBackup>()
    let current = backup
    while (!roots.has(current) && !onPath.has(current)) {
      path.push(current)
      onPath.add(current)
      const base = current.baseId === null ? undefined : byId.get(current.baseId)
      if (base === undefined) break
      current = base
    }
    const root = roots.get(current) ?? current
    for (const each of path) roots.set(each, root)
  }
  return roots
}

function buildsOnOther({ id, baseId }: ServerBackup): boolean {
  return baseId !== null && baseId !== id
}
