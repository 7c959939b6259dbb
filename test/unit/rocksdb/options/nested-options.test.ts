import { expect, test } from 'vitest'
import { objectName, parseNestedOptions } from '../../../../src-main/rocksdb/options/nested-options.ts'

test.each<[string, [string, string][] | null]>([
  ['{}', []],
  ['{a=b;}', [['a', 'b']]],
  [
    ' {a=b;c=d} ',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    '{a=b;c={d=e;f={g=h;};};i=;a=2;}',
    [
      ['a', 'b'],
      ['c', '{d=e;f={g=h;};}'],
      ['i', ''],
    ],
  ],
  [
    '{a=1:1:1; b = x=y ;}',
    [
      ['a', '1:1:1'],
      ['b', 'x=y'],
    ],
  ],
  ['a=b', null],
  ['{a=b', null],
  ['{', null],
  ['{a={b;}', null],
  ['{a=b};}', null],
  ['{a}', null],
  ['{=b}', null],
  ['{a=b;;}', null],
])('the options in %s are %j', (text, expected) => {
  const options = parseNestedOptions(text)
  expect(options === null ? null : [...options]).toEqual(expected)
})

test('deep nesting is read without recursion', () => {
  const depth = 30_000
  const text = `{a=${'{a='.repeat(depth)}${'}'.repeat(depth)}}`
  expect(parseNestedOptions(text)?.get('a')).toHaveLength(4 * depth)
})

test.each([
  [undefined, null],
  ['', null],
  ['nullptr', null],
  ['{id=nullptr;}', null],
  ['rocksdb.FixedPrefix.4', 'rocksdb.FixedPrefix.4'],
  ['{id=Own;a={id=Other;};}', 'Own'],
  ['{a=b;}', '{a=b;}'],
])('%s names the object %s', (value, name) => {
  expect(objectName(value)).toBe(name)
})
