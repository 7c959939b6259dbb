// Goal: what a scan costs is bounded by the request and the limits, never by the files, and paging always comes to an
// end. Method: small databases made here that would cost much, or lead a reader in circles.
import { zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { limits } from '#base/limits.ts'
import type { ScanPage } from '../../../src-main/rocksdb/view/requests.ts'
import type { View } from '../../../src-main/rocksdb/view/view.ts'
import { bytesOf, textOf } from './fixtures.ts'
import { batch, batchRecord, put, varint } from './log-writer.ts'
import { indexOf, type TestTable, tableBytes, viewOf } from './small-database.ts'
import { internalKey, writeTable } from './sst/table-writer.ts'

function pagesOf(view: View, limit: number, maxValueBytes = 100): ScanPage[] {
  const pages: ScanPage[] = []
  let after: Uint8Array | null = null
  do {
    const page: ScanPage = view.scan({ columnFamilyId: 0, after, from: null, limit, maxValueBytes })
    pages.push(page)
    after = page.next
  } while (after !== null && pages.length < 10_000)
  return pages
}

const keysOf = (pages: readonly ScanPage[]) => pages.flatMap((page) => page.rows.map((row) => textOf(row.key)))

describe('range deletions of a table', () => {
  const below: TestTable = {
    level: 2,
    smallest: 'a',
    largest: 'z',
    // c is old; m, p and z were written after the deletion, and a compaction zeroed their sequence
    puts: [
      ['c', 0, 'old'],
      ['m', 0, 'at the end'],
      ['p', 0, 'new'],
      ['z', 0, 'new'],
    ],
  }
  const deletion = { tombstones: [['b', 'zz', 20]], level: 1, smallest: 'a', puts: [['a', 10, '1']] } as const

  test('count only up to the largest key of the table, which is excluded when a deletion was cut there', () => {
    const view = viewOf([{ ...deletion, largest: 'm', isLargestExcluded: true }, below])
    expect([1, 2, 1000].map((limit) => keysOf(pagesOf(view, limit)))).toEqual(Array(3).fill(['a', 'm', 'p', 'z']))
  })

  test('count at the largest key when an entry of the table has it', () => {
    const view = viewOf([{ ...deletion, largest: 'm' }, below])
    expect(keysOf(pagesOf(view, 1000))).toEqual(['a', 'p', 'z'])
  })

  test('count only from the smallest key of the table on', () => {
    const cut = {
      level: 1,
      smallest: 'n',
      largest: 'q',
      puts: [['q', 10, '1']],
      tombstones: [['b', 'zz', 20]],
    } as const
    const view = viewOf([cut, below])
    expect([1, 1000].map((limit) => keysOf(pagesOf(view, limit)))).toEqual(Array(2).fill(['c', 'm', 'z']))
    const from = view.scan({ columnFamilyId: 0, after: null, from: bytesOf('o'), limit: 9, maxValueBytes: 9 })
    expect(keysOf([from])).toEqual(['z'])
  })

  test('reach from a table without entries over the tables below it', () => {
    const only = {
      level: 1,
      smallest: 'b',
      largest: 'n',
      isLargestExcluded: true,
      tombstones: [['b', 'n', 20]],
    } as const
    expect(keysOf(pagesOf(viewOf([only, below]), 1))).toEqual(['p', 'z'])
  })
})

describe('a page', () => {
  test('starts at the first row that is not before `from`', () => {
    const records = ['b', 'd', 'f'].map((key, index) => batch(1 + index, 1, put(key, 'v')))
    const view = viewOf([], [...records, batch(4, 1, batchRecord(0, 'd'))])
    const keysFrom = (from: string, after: string | null = null) => {
      const page = view.scan({
        columnFamilyId: 0,
        after: after === null ? null : bytesOf(after),
        from: bytesOf(from),
        limit: 1,
        maxValueBytes: 1,
      })
      return [keysOf([page])[0], page.next === null ? null : textOf(page.next)]
    }
    expect(['', 'b', 'c', 'd', 'f', 'g'].map((from) => keysFrom(from))).toEqual([
      ['b', 'b'],
      ['b', 'b'],
      ['f', null],
      ['f', null],
      ['f', null],
      [undefined, null],
    ])
    // a page that follows another ignores where the first one began
    expect(keysFrom('', 'b')).toEqual(['f', null])
  })

  test('ends early when its rows are large, and never without a row', () => {
    const value = 'x'.repeat(limits.wholeValueBytesMax)
    const keys = Array.from({ length: 40 }, (_, index) => `key${String(index).padStart(2, '0')}`)
    const view = viewOf(
      [],
      keys.map((key, index) => batch(1 + index, 1, put(key, value))),
    )
    const rowsMax = Math.ceil(limits.pageBytesMax / limits.wholeValueBytesMax)
    const pages = pagesOf(view, 1000, limits.wholeValueBytesMax)
    expect(pages.map((page) => page.rows.length)).toEqual([rowsMax, rowsMax, 40 - 2 * rowsMax])
    expect(keysOf(pages)).toEqual(keys)
    const whole = pagesOf(
      viewOf([], [batch(1, 2, put('a', 'x'.repeat(limits.pageBytesMax)), put('b', '1'))]),
      9,
      2 ** 30,
    )
    expect(whole.map((page) => page.rows.length)).toEqual([1, 1])
  })

  test('ends early where each row costs the unpacking of a large block', () => {
    const valueBytes = 200 * 1024 * 1024
    const contents = Buffer.alloc(3 + 1 + 9 + 3 + valueBytes + 8)
    const block = (key: string) => {
      const entry = Buffer.concat(
        [[0, 9, ...varint(valueBytes)].map((byte) => Uint8Array.of(byte)), internalKey(key)].flat(),
      )
      contents.set(entry)
      contents[entry.length + valueBytes + 4] = 1
      const unpacked = contents.subarray(0, entry.length + valueBytes + 8)
      return { type: 7, contents: Buffer.concat([varint(unpacked.length), zstdCompressSync(unpacked)]) }
    }
    const bytes = writeTable({ dataBlocks: ['a', 'b', 'c'].map(block), index: indexOf(['a', 'b', 'c']) })
    const pages = pagesOf(viewOf([{ level: 1, smallest: 'a', largest: 'c', bytes }]), 1000, 10)
    expect(pages.map((page) => keysOf([page]))).toEqual([['a', 'b'], ['c']])
  })

  test('shows no more bytes of all operands of a row than of one value', () => {
    const operands = Array.from({ length: 50 }, () => batchRecord(2, 'k', 'x'.repeat(1000)))
    const [page] = pagesOf(viewOf([], [batch(1, 50, ...operands)]), 1, 2500)
    const content = page?.rows[0]?.content
    expect(
      content?.kind === 'merge' && content.operands.map(({ bytes, sizeBytes }) => [bytes.length, sizeBytes]),
    ).toEqual([[1000, 1000], [1000, 1000], [500, 1000], ...Array(47).fill([0, 1000])])
  })

  test('steps over any number of old versions, in pages of any size', () => {
    const versions = Array.from({ length: 5000 }, () => put('b', 'old'))
    const view = viewOf([], [batch(1, 5002, put('a', '1'), ...versions, put('c', '3'))])
    expect([1, 2, 9].map((limit) => keysOf(pagesOf(view, limit)))).toEqual(Array(3).fill(['a', 'b', 'c']))
  })
})

describe('tables that are not what the MANIFEST says', () => {
  const put1 = (key: string): readonly [string, number, string] => [key, 1, 'v']

  test('in one level over the same keys are left at the first step back, and reported', () => {
    const view = viewOf([
      { level: 1, smallest: 'a', largest: 'e', puts: ['a', 'c', 'e'].map(put1) },
      { level: 1, smallest: 'b', largest: 'z', puts: ['b', 'd', 'f'].map(put1) },
    ])
    expect([1, 2, 1000].map((limit) => keysOf(pagesOf(view, limit)))).toEqual(Array(3).fill(['a', 'c', 'e']))
    const [page] = pagesOf(view, 1000)
    expect(page?.damages.map(({ damage, firstKey }) => [damage.file, damage.problem, textOf(firstKey)])).toEqual([
      ['000006.sst', 'keys are not ascending', 'e'],
    ])
  })

  test('with keys in no order end the table, not the scan', () => {
    const view = viewOf([
      { level: 1, smallest: 'a', largest: 'c', puts: ['b', 'c', 'a'].map(put1) },
      { level: 2, smallest: 'a', largest: 'z', puts: ['a', 'x'].map(put1) },
    ])
    expect(keysOf(pagesOf(view, 1000))).toEqual(['a', 'b', 'c', 'x'])
  })

  test('in numbers that no memory holds are refused', () => {
    const bytes = tableBytes({ level: 0, smallest: 'a', largest: 'b', puts: [put1('a')] })
    const view = viewOf(Array.from({ length: 9000 }, () => ({ level: 0, smallest: 'a', largest: 'b', bytes })))
    expect(() => view.scan({ columnFamilyId: 0, after: null, from: null, limit: 1, maxValueBytes: 1 })).toThrow(
      expect.objectContaining({ code: 'LIMIT_EXCEEDED' }),
    )
  })
})
