import { expect } from 'vitest'
import type { StateRef } from '#contract'
import type { Core } from '../../src-main/core/create-core.ts'

const textOf = (value: string) => Buffer.from(value, 'base64').toString()

/** All rows of a family, the marker's left out. */
export async function rowsOf(
  core: Core,
  state: StateRef,
  columnFamilyId = 0,
  isReverse = false,
): Promise<[string, string][]> {
  const rows: [string, string][] = []
  let after: string | null = null
  do {
    const request = { state, columnFamilyId, from: null, after, isReverse, limit: 7 }
    const page: Awaited<ReturnType<Core['client']['data']['page']>> = await core.client.data.page(request)
    expect(page.damages).toEqual([])
    for (const { key, value } of page.rows) rows.push([textOf(key), textOf(value)])
    after = page.next
  } while (after !== null)
  return rows.filter(([key]) => key !== 'lifeboat.commit')
}
