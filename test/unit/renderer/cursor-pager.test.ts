import { expect, test } from 'vitest'
import { base64FromBytes, bytesFromBase64 } from '../../../src-renderer/base/key-text.ts'
import { CursorPager, type RowList, type Start } from '../../../src-renderer/stores/cursor-pager.svelte.ts'

type Row = { readonly key: string }

/** These keys in their order, in pages as the core gives them. */
function listOf(keys: readonly Buffer[], id = 'nodes') {
  const starts: Start[] = []
  const row = (key: Buffer): Row => ({ key: base64FromBytes(key) })
  const list: RowList<Row> = {
    id,
    async page({ after, from }, limit) {
      starts.push({ after, from })
      const bound = bytesFromBase64(after ?? from ?? '')
      const least = after === null ? 0 : 1
      const start = keys.findIndex((key) => Buffer.compare(key, bound) >= least)
      const shown = start < 0 ? [] : keys.slice(start, start + limit)
      const isEnd = start < 0 || start + limit >= keys.length
      return { rows: shown.map(row), next: isEnd ? null : base64FromBytes(shown.at(-1)!), damages: [], codec: null }
    },
    async lastPage(limit) {
      const shown = keys.slice(-limit).toReversed()
      return {
        rows: shown.map(row),
        next: keys.length > limit ? row(shown.at(-1)!).key : null,
        damages: [],
        codec: null,
      }
    },
  }
  return { list, starts }
}

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => Buffer.from(`n:${String(index).padStart(9, '0')}`))
const shownKeys = (pager: CursorPager<Row>) => pager.rows.map(({ key }) => Buffer.from(key, 'base64').toString())
const base64 = (text: string) => base64FromBytes(Buffer.from(text))

test('rows come page by page to the end, each once', async () => {
  const keys = numbered(3_000)
  const pager = new CursorPager<Row>()
  await pager.open(listOf(keys).list, null)
  expect(pager.rows.length).toBe(200)
  while (!pager.isAtEnd) await pager.more()
  expect(shownKeys(pager)).toEqual(keys.map(String))
})

test('the last rows come in key order, and the way back to the first is open', async () => {
  const keys = numbered(200_000)
  const { list, starts } = listOf(keys)
  const pager = new CursorPager<Row>()
  await pager.open(list, null)
  await pager.openEnd()
  expect(shownKeys(pager)).toEqual(keys.slice(-250).map(String))
  expect([pager.isAtEnd, pager.startsInside, starts.length]).toEqual([true, true, 1])
  await pager.open(list, null)
  expect([shownKeys(pager)[0], pager.startsInside]).toEqual(['n:000000000', false])
})

test('the last rows of a short list are all of them', async () => {
  const pager = new CursorPager<Row>()
  await pager.open(listOf(numbered(3)).list, base64('n:000000002'))
  expect(pager.startsInside).toBe(true)
  await pager.openEnd()
  expect([shownKeys(pager).length, pager.isAtEnd, pager.startsInside]).toEqual([3, true, false])
})

test('rows stay in view until others of the same list come, and go at once for another one', async () => {
  const { list } = listOf(numbered(10))
  const pager = new CursorPager<Row>()
  await pager.open(list, null)
  const again = pager.open(list, base64('n:000000008'))
  expect(pager.rows.length).toBe(10)
  await again
  expect([shownKeys(pager), pager.from]).toEqual([['n:000000008', 'n:000000009'], base64('n:000000008')])
  const other = pager.open(listOf(numbered(10), 'edges').list, null)
  expect(pager.rows).toEqual([])
  await other
})

test('pages that found nothing are gone past at once, and what was damaged in them is kept', async () => {
  const damage = (file: string) => ({
    file,
    offsetBytes: null,
    structure: 'table',
    problem: 'gone',
    expected: null,
    found: null,
  })
  const pages = [
    { rows: [], next: 'YQ==', damages: [damage('1.sst')], codec: null },
    { rows: [], next: 'Yg==', damages: [damage('2.sst')], codec: null },
    { rows: [{ key: 'Yw==' }], next: null, damages: [], codec: null },
  ]
  const pager = new CursorPager<Row>()
  await pager.open({ id: 'sparse', page: async () => pages.shift()!, lastPage: null }, null)
  expect([pager.rows, pager.damages.map(({ file }) => file), pager.isAtEnd]).toEqual([
    [{ key: 'Yw==' }],
    ['1.sst', '2.sst'],
    true,
  ])
})

test('an error keeps what was read, and the next try goes on behind it', async () => {
  const { list } = listOf(numbered(300))
  let isDown = false
  const failing: RowList<Row> = {
    ...list,
    page: (start, limit) => (isDown ? Promise.reject(new Error('down')) : list.page(start, limit)),
  }
  const pager = new CursorPager<Row>()
  await pager.open(failing, null)
  isDown = true
  await pager.more()
  expect([pager.rows.length, pager.error?.code, pager.isLoading]).toEqual([200, 'INTERNAL', false])
  isDown = false
  await pager.more()
  expect([pager.rows.length, pager.error, pager.isAtEnd]).toEqual([300, null, true])
})
