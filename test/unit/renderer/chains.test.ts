import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ServerBackup } from '#contract'
import { chainRows } from '../../../src-renderer/places/server/chains.ts'
import { serverBackup } from './server-facts.ts'

const backup = (id: string, baseId: string | null): ServerBackup => serverBackup({ id, baseId })
const shown = (backups: readonly ServerBackup[]) =>
  chainRows(backups).map(({ key, isIncrement, isLast, isBaseMissing }) =>
    [isIncrement ? '  ' : '', key, isLast ? '.' : '', isBaseMissing ? '?' : ''].join(''),
  )

describe('backups as chains', () => {
  test('stand with the full one first and its increments below, the newest chain first', () => {
    const list = [
      backup('6', '5'),
      backup('5', null),
      backup('4', '3'),
      backup('3', '1'),
      backup('2', null),
      backup('1', null),
    ]
    expect(shown(list)).toEqual(['5', '  6.', '1', '  3', '  4.', '2.'])
  })

  test('keep an increment whose base is not in the list, and say so', () => {
    expect(shown([backup('9', '8'), backup('8', '7')])).toEqual(['  8?', '  9.'])
  })

  test('end where ids name themselves, each other in a circle, or come twice', () => {
    expect(shown([backup('1', '1')])).toEqual(['1.'])
    expect(shown([backup('2', '1'), backup('1', '2')]).sort()).toEqual(['  1.', '  2'].sort())
    expect(shown([backup('1', null), backup('1', null)])).toEqual(['1.', '1 (2).'])
  })

  test('are all there, once each and with keys of their own, whatever the list says', () => {
    const id = fc.integer({ min: 0, max: 12 }).map(String)
    fc.assert(
      fc.property(fc.array(fc.tuple(id, fc.option(id))), (pairs) => {
        const list = pairs.map(([each, base]) => backup(each, base))
        const rows = chainRows(list)
        expect(new Set(rows.map((row) => row.backup))).toEqual(new Set(list))
        expect(new Set(rows.map((row) => row.key)).size).toBe(list.length)
      }),
    )
  })

  test('of ten thousand backups in one chain are found in no time', () => {
    const list = Array.from({ length: 10_000 }, (_, index) =>
      backup(String(10_000 - index), index === 9_999 ? null : String(9_999 - index)),
    )
    expect(chainRows(list).map(({ backup: { id } }) => Number(id))).toEqual(list.map((_, index) => index + 1))
  })
})
