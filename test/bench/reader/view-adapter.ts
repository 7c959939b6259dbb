import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { ByteSource } from '../../../src-main/base/byte-source.ts'
import { limits } from '../../../src-main/base/limits.ts'
import { openLocalFile } from '../../../src-main/base/local-file.ts'
import { walkCommits } from '../../../src-main/rocksdb/commits/walk-commits.ts'
import { valueType } from '../../../src-main/rocksdb/value-type.ts'
import { directoryFileSet } from '../../../src-main/rocksdb/view/named-file-set.ts'
import type { Row } from '../../../src-main/rocksdb/view/row.ts'
import { openView, type View } from '../../../src-main/rocksdb/view/view.ts'

// What the reader is asked for in the benchmarks, so that a faster way to do the same is put in at one place.

/** The family that db_bench writes. */
const FAMILY = 0

/** Key and value are views: copy what must stay. */
export type RowVisitor = (key: Uint8Array, value: Uint8Array) => void

/** The database in a directory. */
export function openDirectory(directory: string): View {
  const open = (name: string): ByteSource => openLocalFile(join(directory, name), name)
  return openView(directoryFileSet(readdirSync(directory), open))
}

/** Opens the database in a directory for as long as it is used. */
export function withView<Result>(directory: string, use: (view: View) => Result): Result {
  const view = openDirectory(directory)
  try {
    return use(view)
  } finally {
    view.close()
  }
}

/** Visits every row from `from` up to, not including, `to`; null is an end. */
export function forEachRow(view: View, from: Uint8Array | null, to: Uint8Array | null, visit: RowVisitor): void {
  const walk = view.walk(FAMILY, { from })
  const { cursor, comparator } = walk
  try {
    for (; cursor.valid; cursor.next()) {
      if (to !== null && comparator.compare(cursor.key, cursor.key.length, to) >= 0) break
      if (cursor.type !== valueType.value) throw new Error(`not a plain value: ${cursor.type}`)
      visit(cursor.key, cursor.value)
    }
    refuseDamage(walk.damages)
  } finally {
    walk.close()
  }
}

/** The first rows, as the list of the application shows them. */
export function firstRows(view: View, count: number): readonly Row[] {
  const request = { columnFamilyId: FAMILY, after: null, from: null, limit: count }
  const page = view.scan({ ...request, maxValueBytes: limits.valuePreviewBytesMax })
  refuseDamage(page.damages)
  return page.rows
}

/** The first row at or behind a key. */
export function rowFrom(view: View, from: Uint8Array): Row | undefined {
  const request = { columnFamilyId: FAMILY, after: null, from, limit: 1, maxValueBytes: limits.wholeValueBytesMax }
  const page = view.scan(request)
  refuseDamage(page.damages)
  return page.rows[0]
}

/** The value of a key that is there. */
export function valueAt(view: View, key: Uint8Array): Uint8Array {
  const { row, damages } = view.get({ columnFamilyId: FAMILY, key, maxValueBytes: limits.wholeValueBytesMax })
  refuseDamage(damages)
  if (row === null) throw new Error('the key was not found')
  return wholeValue(row)
}

/** Walks the commits of a write-ahead log and counts the operations. */
export function countOperations(source: ByteSource, logNumber: number): number {
  let operations = 0
  const result = walkCommits(
    [{ logNumber, source }],
    { lastSequenceBefore: null },
    {
      commit({ families }) {
        for (const { puts, deletes, rangeDeletes, merges } of families)
          operations += puts + deletes + rangeDeletes + merges
      },
    },
  )
  refuseDamage(result.damages)
  return operations
}

function wholeValue({ content }: Row): Uint8Array {
  if (content.kind === 'value' && content.value.bytes.length === content.value.sizeBytes) return content.value.bytes
  throw new Error(`not a whole value: ${content.kind}`)
}

function refuseDamage(damages: readonly unknown[]): void {
  if (damages.length > 0) throw new Error(`damaged: ${JSON.stringify(damages[0])}`)
}
