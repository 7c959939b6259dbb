import { closeSync, cpSync, ftruncateSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { copyFixture } from './fixtures.ts'

/** A meta file of schema 1. */
export function metaText(lines: readonly string[], head: { createdAtS?: number; sequence?: number } = {}): string {
  return [head.createdAtS ?? 1_795_419_192, head.sequence ?? 1, lines.length, ...lines, ''].join('\n')
}

/** The lines of the fixture backup_v1/meta/1 that name files, for a backup of another id. */
function firstBackupLines(root: string, backupId: number): string[] {
  const lines = readFileSync(join(root, 'meta', '1'), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(3)
  return lines.map((line) => line.replace('private/1/', `private/${backupId}/`))
}

/**
 * Adds a sound backup that shares the table of the fixture's first one, with more files where given.
 * @param root a copy of the fixture backup_v1
 */
export function addBackup(root: string, backupId: number, moreLines: readonly string[] = []): void {
  cpSync(join(root, 'private', '1'), join(root, 'private', String(backupId)), { recursive: true })
  writeFileSync(join(root, 'meta', String(backupId)), metaText([...firstBackupLines(root, backupId), ...moreLines]))
}

/** The fixture's three backups and as many more as make `backupCount`. */
export function manyBackups(backupCount: number): string {
  const root = copyFixture('backup_v1')
  for (let backupId = 4; backupId <= backupCount; backupId += 1) addBackup(root, backupId)
  return root
}

/** A file of zeros that takes no space. */
export function sparseFile(path: string, sizeBytes: number): void {
  mkdirSync(dirname(path), { recursive: true })
  const descriptor = openSync(path, 'w')
  ftruncateSync(descriptor, sizeBytes)
  closeSync(descriptor)
}
