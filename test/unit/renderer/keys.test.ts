import { describe, expect, test } from 'vitest'
import { GlobalKeys } from '../../../src-renderer/app/keys.ts'

const press = (key: string, held: { ctrlKey?: boolean; metaKey?: boolean; altKey?: boolean } = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
})

describe('keys of the whole page', () => {
  test('open the palette from everywhere, also from a field', () => {
    const keys = new GlobalKeys()
    expect(keys.commandOf(press('k', { ctrlKey: true }), true, 0)).toBe('palette')
    expect(keys.commandOf(press('k', { metaKey: true }), false, 0)).toBe('palette')
  })

  test('are text while a field is typed into, and left alone with other modifiers', () => {
    const keys = new GlobalKeys()
    expect(keys.commandOf(press('?'), true, 0)).toBeNull()
    expect(keys.commandOf(press('o', { ctrlKey: true }), false, 0)).toBeNull()
  })

  test('form chords when they follow within a second', () => {
    const keys = new GlobalKeys()
    expect([keys.commandOf(press('g'), false, 0), keys.commandOf(press('a'), false, 999)]).toEqual([null, 'activity'])
    expect([keys.commandOf(press('g'), false, 0), keys.commandOf(press('a'), false, 1_000)]).toEqual([null, null])
    expect([keys.commandOf(press('g'), false, 0), keys.commandOf(press('o'), false, 10)]).toEqual([null, null])
  })
})
