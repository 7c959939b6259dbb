import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { openLocalFile } from '../../../../src-main/base/local-file.ts'
import { DatabaseDirectory } from '../../../../src-main/repository/database-directory.ts'
import { type IndexedCommit, indexCommits } from '../../../../src-main/rocksdb/commits/commit-index.ts'
import { parseDatabaseFileName } from '../../../../src-main/rocksdb/database-file-name.ts'
import type { DecodedRow } from '../../../../src-main/samyama/codec.ts'
import { OpenState } from '../../../../src-main/workers/tasks/open-states.ts'

/** The directory of a database as the product opens it, also beside the process that writes it. */
export function openDisk(path: string, upToSequence: number | null = null): OpenState {
  const directory = new DatabaseDirectory(path)
  const place = { path, backupId: null, upToSequence, nowMs: Date.now() }
  const state = new OpenState({ fileSet: directory.fileSet, archive: () => [], directory }, place, undefined)
  onTestFinished(() => state.close())
  return state
}

/** All rows of a family as the product's codec reads them; a row that it cannot read is null. */
export function decodedRows(state: OpenState, family: 'nodes' | 'edges'): (DecodedRow | null)[] {
  return rawRows(state, family).map(([key, value]) => state.codec?.decode(family, key, value) ?? null)
}

export function rawRows(state: OpenState, family: string): [key: Uint8Array, value: Uint8Array][] {
  const columnFamilyId = state.view.columnFamilies.find(({ name }) => name === family)?.id ?? -1
  const walk = state.view.walk(columnFamilyId)
  const rows: [Uint8Array, Uint8Array][] = []
  try {
    for (; walk.cursor.valid; walk.cursor.next()) {
      const { key, content } = walk.row(2 ** 20)
      if (content.kind === 'value') rows.push([key, content.value.bytes])
    }
    if (walk.damages.length > 0) throw new Error(`damage: ${JSON.stringify(walk.damages)}`)
  } finally {
    walk.close()
  }
  return rows
}

/** How many rows a family has, without a look into them. */
export function rowCount(state: OpenState, family: string): number {
  const columnFamilyId = state.view.columnFamilies.find(({ name }) => name === family)?.id ?? -1
  const walk = state.view.walk(columnFamilyId)
  let count = 0
  for (; walk.cursor.valid; walk.cursor.next()) count += 1
  walk.close()
  return count
}

/** The commits of all logs of a database, also of those in archive/, in order. */
export function allCommits(path: string): IndexedCommit[] {
  const logs = [path, join(path, 'archive')].flatMap((folder) =>
    readdirSync(folder).flatMap((name) => {
      const file = parseDatabaseFileName(name)
      return file?.kind === 'log'
        ? [{ logNumber: file.fileNumber, open: () => openLocalFile(join(folder, name), name) }]
        : []
    }),
  )
  logs.sort((left, right) => (left.logNumber ?? 0) - (right.logNumber ?? 0))
  const index = indexCommits(logs, { upToSequence: null, flushedSequence: 0 })
  if (index.damages.length > 0) throw new Error(`damage: ${JSON.stringify(index.damages)}`)
  return Array.from({ length: index.count }, (_, at) => index.at(at))
}
