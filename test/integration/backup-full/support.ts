import { copyFileSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { ControlSwitch } from '#base/abort.ts'
import { systemClock } from '#base/clock.ts'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import type { CaptureOptions } from '../../../src-main/backup/full/capture-options.ts'
import type { FullTools } from '../../../src-main/backup/full/full-order.ts'
import { type TakenFull, takeFull } from '../../../src-main/backup/full/take-full.ts'
import { BackupDirectory } from '../../../src-main/repository/backup-directory.ts'
import { readMeta } from '../../../src-main/repository/read-meta.ts'
import type { BackupMeta } from '../../../src-main/rocksdb/backup-meta.ts'
import { checkContents } from '../../../src-main/verify/check-contents.ts'
import { hashRanges } from '../../../src-main/verify/hash-ranges.ts'
import { planVerification } from '../../../src-main/verify/plan.ts'
import { runVerification } from '../../../src-main/verify/run-verification.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { allRows, viewOf } from '../reader/rows.ts'

/** For hundreds of runs that no power cut follows. */
export const unsyncedLayer: FileLayer = { ...nodeFileLayer, sync: () => {} }

export function newRepository(): string {
  const path = join(tempDir(), 'repository')
  mkdirSync(path)
  return path
}

export function tools(changes: Partial<FullTools> = {}): FullTools {
  return {
    layer: nodeFileLayer,
    control: new ControlSwitch(),
    clock: systemClock,
    rateLimitBytesPerSecond: 0,
    ...changes,
  }
}

/** A full backup without a label, on timeline 1. */
export function take(
  database: string,
  repositoryPath: string,
  backupId: number,
  changes: Partial<FullTools> = {},
  options: CaptureOptions = {},
): TakenFull {
  return takeFull(database, { repositoryPath, backupId, timeline: '1', label: null }, tools(changes), options)
}

export function metaOf(repositoryPath: string, backupId: number): BackupMeta {
  return readMeta(new BackupDirectory(repositoryPath), backupId).meta
}

/** The files of a backup under their own names: what a restore makes. */
export function restored(repositoryPath: string, backupId: number): string {
  const target = join(tempDir(), 'restored')
  mkdirSync(target)
  for (const { path, databaseName } of metaOf(repositoryPath, backupId).files) {
    copyFileSync(join(repositoryPath, path), join(target, databaseName))
  }
  return target
}

/** All rows of all families, by name, as our view shows them. */
export function rowsOf(database: string): Record<string, [key: string, value: string][]> {
  const view = viewOf(database)
  expect(view.damages).toEqual([])
  const rows = Object.fromEntries(view.columnFamilies.map(({ id, name }) => [name, allRows(view, id, 1000)]))
  view.close()
  return rows
}

/** The deepest verification of everything that is published; what it found. */
export async function verified(repositoryPath: string): Promise<{ backupIds: number[]; problems: unknown[] }> {
  if (new BackupDirectory(repositoryPath).backupIds().length === 0) return { backupIds: [], problems: [] }
  const run = await runVerification(
    { path: repositoryPath, backupIds: null, level: 'deep' },
    {
      threadCount: 1,
      plan: async (order) => planVerification(order),
      hash: async (task) => hashRanges(task),
      checkContents: async (task) => checkContents(task),
      control: new ControlSwitch(),
      trackProgress: () => {},
      clock: systemClock,
    },
  )
  return { backupIds: run.backups.map(({ backupId }) => backupId).sort((a, b) => a - b), problems: run.problems }
}

/** Every file below a folder, sorted. */
export function filesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
}

/** What the published backups of a repository name, their meta files included: without garbage that is all there is. */
export function filesNamed(repositoryPath: string): string[] {
  const ids = new BackupDirectory(repositoryPath).backupIds()
  const named = ids.flatMap((id) => [`meta/${id}`, ...metaOf(repositoryPath, id).files.map(({ path }) => path)])
  return [...new Set(named)].sort()
}

/** Names, sizes, times and file numbers in a directory: it shows every change but a read. */
export function untouchedState(root: string): string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((name) => {
      const { size, mtimeMs, ctimeMs, ino } = lstatSync(join(root, name))
      return `${name} ${size} ${mtimeMs} ${ctimeMs} ${ino}`
    })
    .sort()
}

/** How many descriptors this process holds; 0 where the system does not say. */
export function openFileCount(): number {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return 0
  }
}

export function applicationMetadata(repositoryPath: string, backupId: number): unknown {
  const { appMetadata } = metaOf(repositoryPath, backupId)
  return appMetadata === null ? null : JSON.parse(Buffer.from(appMetadata).toString('utf8'))
}

export function privateFile(repositoryPath: string, backupId: number, name: string): Buffer {
  return readFileSync(join(repositoryPath, 'private', String(backupId), name))
}
