import { expect, test } from 'vitest'
import { ColumnWidths } from '../../../src-renderer/ui/column-widths.svelte.ts'

function storage(content: Record<string, string> = {}): Storage {
  const entries = new Map(Object.entries(content))
  return {
    get length() {
      return entries.size
    },
    key: (index) => [...entries.keys()][index] ?? null,
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
    clear: () => entries.clear(),
  }
}

test('widths are remembered for their table alone, until they are reset', () => {
  const shared = storage()
  const first = new ColumnWidths('backups', shared)
  first.choose('created', 28)
  first.choose('files', 6)
  first.reset('files')
  expect(new ColumnWidths('backups', shared).chosen).toEqual({ created: 28 })
  expect(new ColumnWidths('jobs', shared).chosen).toEqual({})
})

test('what cannot be widths is left out', () => {
  const saved = ['{"a": 5, "b": "wide", "c": -1}', 'not json', 'null', '[]']
  expect(
    saved.map((text) => new ColumnWidths('backups', storage({ 'lifeboat.columns.backups': text })).chosen),
  ).toEqual([{ a: 5 }, {}, {}, {}])
})
