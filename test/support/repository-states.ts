import { archiveFilesAt } from '../../src-main/repository/archive/archive-files.ts'
import { archivedLogs } from '../../src-main/repository/archive/archived-logs.ts'
import { readGaps } from '../../src-main/repository/archive/gaps.ts'
import { BackupDirectory } from '../../src-main/repository/backup-directory.ts'
import { DatabaseDirectory } from '../../src-main/repository/database-directory.ts'
import { filesOfBackup } from '../../src-main/repository/manifest-of-backup.ts'
import { listBackups } from '../../src-main/repository/own/list/list-backups.ts'
import { readMeta } from '../../src-main/repository/read-meta.ts'
import type { DecodedRow } from '../../src-main/samyama/codec.ts'
import { OpenState } from '../../src-main/workers/tasks/open-states.ts'

/** What a state is looked at for: its rows as the product decodes them. */
export type ReadState = {
  readonly lastSequence: number
  readonly nodes: readonly DecodedRow[]
  readonly edges: readonly DecodedRow[]
}

/** A full backup on its own, or with the archive behind it up to a sequence. Damage throws. */
export function stateInRepository(repo: string, fullId: number, upToSequence: number | null): ReadState {
  const directory = new BackupDirectory(repo)
  const { meta } = readMeta(directory, fullId)
  const files = {
    fileSet: filesOfBackup(directory, meta),
    archive: () => archivedLogs(directory, meta),
    directory: null,
  }
  return read(new OpenState(files, { path: repo, backupId: fullId, upToSequence, nowMs: Date.now() }, undefined))
}

/** All that a repository alone has: its newest full that is sound, and the whole archive. */
export function newestInRepository(repo: string): ReadState {
  const full = listBackups(new BackupDirectory(repo)).backups.find(
    ({ kind, isRestorable }) => kind === 'full' && isRestorable,
  )
  if (full === undefined) throw new Error('the repository has no sound full')
  return stateInRepository(repo, full.id, Number.MAX_SAFE_INTEGER)
}

/** The directory of a database that no process has open. */
export function stateOfDatabase(path: string): ReadState {
  const directory = new DatabaseDirectory(path)
  const place = { path, backupId: null, upToSequence: null, nowMs: Date.now() }
  return read(new OpenState({ fileSet: directory.fileSet, archive: () => [], directory }, place, undefined))
}

/** Ranges of sequences that the archive of a timeline lacks. */
export function gapsOf(repo: string, timeline = '1'): { afterSequence: number; beforeSequence: number }[] {
  return readGaps(archiveFilesAt(repo), timeline).map(({ afterSequence, beforeSequence }) => ({
    afterSequence,
    beforeSequence,
  }))
}

function read(state: OpenState): ReadState {
  try {
    if (state.damages.length > 0) throw new Error(`damage: ${JSON.stringify(state.damages)}`)
    return { lastSequence: state.view.lastSequence, nodes: rowsOf(state, 'nodes'), edges: rowsOf(state, 'edges') }
  } finally {
    state.close()
  }
}

function rowsOf(state: OpenState, family: 'nodes' | 'edges'): DecodedRow[] {
  const id = state.view.columnFamilies.find(({ name }) => name === family)?.id ?? -1
  const walk = state.view.walk(id)
  const rows: DecodedRow[] = []
  try {
    for (; walk.cursor.valid; walk.cursor.next()) {
      const { key, content } = walk.row(2 ** 20)
      const row = content.kind === 'value' ? state.codec?.decode(family, key, content.value.bytes) : null
      if (row == null) throw new Error(`a row of ${family} that cannot be read: ${Buffer.from(key)}`)
      rows.push(row)
    }
    if (walk.damages.length > 0) throw new Error(`damage: ${JSON.stringify(walk.damages)}`)
    return rows
  } finally {
    walk.close()
  }
}
