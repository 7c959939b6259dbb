import { cpSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openLocalFile } from '#base/local-file.ts'
import { directoryFileSet } from '../../../src-main/rocksdb/view/named-file-set.ts'
import type { ScanRequest } from '../../../src-main/rocksdb/view/requests.ts'
import type { RowContent } from '../../../src-main/rocksdb/view/row.ts'
import { openView, type View } from '../../../src-main/rocksdb/view/view.ts'
import { scanWithLdb } from '../../support/rocksdb-tools.ts'
import { tempDir } from '../../support/temp-dir.ts'

/** Key and value of a row in upper-case hex, or what the row holds instead of a value. */
export type Line = [key: string, value: string]

/** db_bench with small files and levels: a few thousand keys fill three levels. The seed makes every run the same. */
export const SMALL = [
  '--seed=42',
  '--num=6000',
  '--value_size=60',
  '--compression_type=none',
  '--write_buffer_size=100000',
  '--target_file_size_base=60000',
  '--max_bytes_for_level_base=150000',
]

/** The benchmark of db_bench that writes single deletions. */
export const SINGLE_DELETIONS = ['--benchmarks=randomreplacekeys', '--use_single_deletes=1', '--numdistinct=1000']

export const upperHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase()

export function viewOf(path: string): View {
  return openView(directoryFileSet(readdirSync(path), (name) => openLocalFile(join(path, name), name)))
}

/** One page of rows; damage fails the test. */
export function page(view: View, request: Partial<ScanRequest>): { lines: Line[]; next: Uint8Array | null } {
  const whole = { columnFamilyId: 0, after: null, from: null, limit: 1000, maxValueBytes: 1 << 20, ...request }
  const { rows, next, damages } = view.scan(whole)
  expect(damages).toEqual([])
  return { lines: rows.map(({ key, content }): Line => [upperHex(key), contentText(content)]), next }
}

/** Operands are put together as RocksDB's "stringappend" does. */
function contentText(content: RowContent): string {
  if (content.kind === 'value') return upperHex(content.value.bytes)
  if (content.kind !== 'merge') return content.kind
  expect(content.operands.length).toBe(content.operandCount)
  const operands = content.operands.map(({ bytes }) => upperHex(bytes))
  const base = content.base === null ? [] : [contentText(content.base)]
  return [...base, ...operands.toReversed()].join(upperHex(Buffer.from(',')))
}

/** All rows of a family, by following pages of `limit` rows, from the first to the last or the other way. */
export function allRows(view: View, columnFamilyId: number, limit: number, isReverse = false): Line[] {
  const lines: Line[] = []
  let after: Uint8Array | null = null
  do {
    const part = page(view, { columnFamilyId, after, limit, isReverse })
    lines.push(...part.lines)
    after = part.next
  } while (after !== null)
  return lines
}

/** Tools write into a database that they open, so they get a copy. */
export function copyOf(path: string): string {
  const copy = join(tempDir(), 'copy')
  cpSync(path, copy, { recursive: true })
  return copy
}

/** Compares the rows of every column family with `ldb scan`, in pages of each size, and in reverse. Returns how many rows there are. */
export async function expectAsLdb(path: string, pageSizes: readonly number[] = [41, 1000]): Promise<number> {
  const view = viewOf(path)
  expect(view.damages).toEqual([])
  const copy = copyOf(path)
  let rowCount = 0
  for (const { id, name } of view.columnFamilies) {
    const expected = await scanWithLdb(copy, name)
    rowCount += expected.length
    for (const limit of pageSizes) {
      // compared as text: a difference among thousands of rows is shown as one line
      expect(allRows(view, id, limit).join('\n')).toBe(expected.join('\n'))
    }
    expect(allRows(view, id, 1000, true).join('\n')).toBe(expected.toReversed().join('\n'))
  }
  view.close()
  return rowCount
}
