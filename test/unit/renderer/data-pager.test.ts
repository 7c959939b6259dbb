import { os } from '@orpc/server'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { KeySpace, keyBeforeEnd } from '../../../src-renderer/base/key-space.ts'
import { base64FromBytes, bytesFromBase64 } from '../../../src-renderer/base/key-text.ts'
import { Connection } from '../../../src-renderer/stores/connection.svelte.ts'
import { DataPager } from '../../../src-renderer/stores/data-pager.svelte.ts'
import { FakeCore } from './fake-core.ts'

const compare = (left: Uint8Array, right: Uint8Array) => Buffer.compare(left, right)
const ref = { sourceId: 1, backupId: 1, columnFamilyId: 0 }

/** A column family with these keys, in their order; pages as the core gives them. */
function pageOf(keys: readonly Uint8Array[], input: { after: string | null; from: string | null; limit: number }) {
  const bound = bytesFromBase64(input.after ?? input.from ?? '')
  const least = input.after === null ? 0 : 1
  const start = keys.findIndex((key) => compare(key, bound) >= least)
  const shown = start < 0 ? [] : keys.slice(start, start + input.limit)
  const isEnd = start < 0 || start + input.limit >= keys.length
  return {
    rows: shown.map((key) => ({ key: base64FromBytes(key) })),
    next: isEnd ? null : base64FromBytes(shown.at(-1) ?? new Uint8Array()),
    damages: [],
    codec: null,
  }
}

function pagerOver(keys: readonly Uint8Array[]) {
  let callCount = 0
  const core = new FakeCore({
    data: {
      page: os.handler(({ input }) => {
        callCount += 1
        return pageOf(keys, input as Parameters<typeof pageOf>[1])
      }),
    },
  })
  const ended = new AbortController()
  onTestFinished(() => ended.abort())
  const connection = new Connection(core.host)
  void connection.start(ended.signal)
  return { pager: new DataPager(connection), callCount: () => callCount }
}

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => Buffer.from(`n:${String(index).padStart(9, '0')}`))
const shownKeys = (pager: DataPager) => pager.rows.map(({ key }) => Buffer.from(key, 'base64').toString())

test('rows come page by page to the end, each once', async () => {
  const keys = numbered(3_000)
  const { pager } = pagerOver(keys)
  await pager.open(ref, null)
  expect(pager.rows.length).toBe(200)
  while (!pager.isAtEnd) await pager.more()
  expect(shownKeys(pager)).toEqual(keys.map(String))
})

test('the last of 200,000 rows are found with few looks, and the way back to the first is open', async () => {
  const keys = numbered(200_000)
  const { pager, callCount } = pagerOver(keys)
  const range = { smallestKey: base64FromBytes(keys[0]!), largestKey: base64FromBytes(keys.at(-1)!) }
  await pager.openEnd(ref, range)
  while (!pager.isAtEnd) await pager.more()
  expect(shownKeys(pager)).toEqual(keys.slice(-pager.rows.length).map(String))
  expect(pager.rows.length).toBeGreaterThanOrEqual(100)
  expect(callCount()).toBeLessThan(60)
  expect(pager.startsInside).toBe(true)
  await pager.open(ref, null)
  expect([shownKeys(pager)[0], pager.startsInside]).toEqual(['n:000000000', false])
})

test('rows stay in view until others of the same column family come, and go at once for another one', async () => {
  const { pager } = pagerOver(numbered(10))
  await pager.open(ref, null)
  const again = pager.open(ref, base64FromBytes(Buffer.from('n:000000008')))
  expect(pager.rows.length).toBe(10)
  await again
  expect(shownKeys(pager)).toEqual(['n:000000008', 'n:000000009'])
  const other = pager.open({ ...ref, columnFamilyId: 1 }, null)
  expect(pager.rows).toEqual([])
  await other
})

test('from the key before the end on, the end is near, whatever the keys are', async () => {
  const keySets = fc.uniqueArray(fc.uint8Array({ minLength: 1, maxLength: 12 }), {
    minLength: 1,
    maxLength: 60,
    selector: (key) => Buffer.from(key).toString('hex'),
  })
  await fc.assert(
    fc.asyncProperty(keySets, async (unordered) => {
      const keys = unordered.toSorted(compare)
      const space = new KeySpace(keys[0]!, keys.at(-1)!)
      const from = await keyBeforeEnd(space, 5, async (key) => {
        const { rows, next } = pageOf(keys, { after: null, from: base64FromBytes(key), limit: 20 })
        return { rowCount: rows.length, lastKey: next === null ? null : bytesFromBase64(next), isEnd: next === null }
      })
      expect(keys.some((key) => compare(key, from) >= 0)).toBe(true)
    }),
  )
})
