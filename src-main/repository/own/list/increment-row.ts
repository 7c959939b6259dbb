import type { Damage } from '#base/damage.ts'
import type { BackupDirectory } from '../../backup-directory.ts'
import { fileDamage } from '../../indexed.ts'
import { type Increment, type IncrementSegment, incrementPath } from '../format/increment.ts'
import { readIncrement } from '../increments.ts'
import type { FileSizes } from './file-sizes.ts'
import type { BackupRow } from './listed-backup.ts'
import { missedFile, worstState } from './needed-file.ts'
import { orNote } from './noted-damages.ts'

const PROBLEMS_MAX = 20

/** The index of a segment. */
export function indexPathOf(segmentPath: string): string {
  return segmentPath.replace(/\.wal$/, '.idx')
}

/** The segment of an index. */
export function segmentPathOf(indexPath: string): string {
  return indexPath.replace(/\.idx$/, '.wal')
}

/** An incremental backup by its document, and whether its segments are there. */
export function readIncrementRow(directory: BackupDirectory, id: number, sizes: FileSizes): BackupRow {
  const path = incrementPath(id)
  const problems: Damage[] = []
  const increment = orNote(problems, path, () => readIncrement(directory, id))
  if (increment === null) return unreadableIncrement(id, problems)
  const files = increment.segments.flatMap(filesOf).map((file) => ({ file, ...missedFile(sizes, file) }))
  problems.push(...files.flatMap(({ damage }) => damage ?? []).slice(0, PROBLEMS_MAX))
  return {
    ...columns(increment),
    state: worstState(files.map(({ state }) => state)),
    fileCount: files.length,
    totalBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    problems,
    needs: files.map(({ file, sizeBytes }) => ({ path: file.path, sizeBytes })),
  }
}

/** What keeps an increment from building on its base; null when nothing does. */
export function baseProblem(row: BackupRow, bases: readonly BackupRow[]): Damage | null {
  const path = incrementPath(row.id)
  const [base] = bases
  if (base === undefined) return fileDamage(path, `its base, backup ${row.baseId}, is missing`)
  if (bases.length > 1) return fileDamage(path, `two backups have the id of its base, ${row.baseId}`)
  if (base.timeline !== null && base.timeline !== row.timeline) {
    return fileDamage(path, `it is on timeline ${row.timeline}, its base on ${base.timeline}`)
  }
  const expected = base.lastSequence === null ? row.firstSequence : base.lastSequence + 1
  if (expected !== row.firstSequence) {
    return fileDamage(path, `it begins at sequence ${row.firstSequence}, behind its base comes ${expected}`)
  }
  return null
}

function filesOf({ name, sizeBytes, indexSizeBytes }: IncrementSegment) {
  return [
    { path: name, sizeBytes },
    { path: indexPathOf(name), sizeBytes: indexSizeBytes },
  ]
}

function columns(increment: Increment) {
  const { id, timeline, createdAtUs, firstSequence, lastSequence, lastCommitAtUs, baseId, label } = increment
  const known = { id, timeline, createdAtUs, firstSequence, lastSequence, lastCommitAtUs, baseId, label }
  return { ...known, kind: 'increment' as const, sequenceFloor: lastSequence }
}

function unreadableIncrement(id: number, problems: readonly Damage[]): BackupRow {
  return {
    id,
    kind: 'increment',
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
