// Goal: every operator and function gives what openCypher says, on all kinds of values and on null.
import { describe, expect, test } from 'vitest'
import { failure, rows, value } from './run.ts'

const maximum = '9223372036854775807'

describe('operators', () => {
  test.each<[string, unknown]>([
    ['1 + 2 * 3', 7n],
    ['(1 + 2) * 3', 9n],
    ['7 / 2', 3n],
    ['-7 / 2', -3n],
    ['-7 % 3', -1n],
    ['7 / 2.0', 3.5],
    ['2 ^ 3', 8],
    ['2 ^ 3 ^ 2', 64],
    ['-2 ^ 2', 4],
    ['1 / 0.0', Number.POSITIVE_INFINITY],
    ['0.0 / 0', Number.NaN],
    ['1 + null', null],
    ['null * 2', null],
    ["'a' + 'b'", 'ab'],
    ["'a' + 1", 'a1'],
    ["1.0 + 'a'", '1.0a'],
    ["'a' + true", 'atrue'],
    ["'a' + null", null],
    ['[1] + [2, 3]', [1n, 2n, 3n]],
    ['[1] + 2', [1n, 2n]],
    ['1 + [2]', [1n, 2n]],
    ['[1] + null', null],
    ['-(1 + 1)', -2n],
    ['+1.5', 1.5],
    ['-null', null],
    ['[1, 2, 3][0]', 1n],
    ['[1, 2, 3][-1]', 3n],
    ['[1, 2, 3][3]', null],
    [`[1, 2, 3][${maximum}]`, null],
    ['[1, 2, 3][null]', null],
    ['null[0]', null],
    ['[1, 2, 3, 4][1..3]', [2n, 3n]],
    ['[1, 2, 3, 4][..2]', [1n, 2n]],
    ['[1, 2, 3, 4][-2..]', [3n, 4n]],
    ['[1, 2][null..]', null],
    ['{a: {b: [5]}}.a.b[0]', 5n],
    ["{a: 1}['a']", 1n],
    ['{a: 1}.b', null],
    ['[x IN [1, 2, 3] WHERE x > 1]', [2n, 3n]],
    ['[x IN [1, 2] | x * 10]', [10n, 20n]],
    ['[x IN [[1], [2]] | [y IN x | y + 1]]', [[2n], [3n]]],
    ['[x IN null | x]', null],
    ["CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END", 'b'],
    ["CASE WHEN null THEN 'a' WHEN 1 < 2 THEN 'b' ELSE 'c' END", 'b'],
    ['CASE 3 WHEN 1 THEN 1 END', null],
    ['CASE null WHEN null THEN 1 ELSE 2 END', 2n],
  ])('%s', (text, expected) => {
    expect(value(`RETURN ${text} AS x`)).toEqual(expected)
  })

  test.each([
    [`${maximum} + 1`, 'the integer does not fit 64 bits: line 1, column 28'],
    [`-${maximum} - 2`, 'the integer does not fit 64 bits: line 1, column 29'],
    [`${maximum} * 2`, 'the integer does not fit 64 bits: line 1, column 28'],
    ['-9223372036854775808 / -1', 'the integer does not fit 64 bits: line 1, column 29'],
    ['1 / 0', 'an integer cannot be divided by zero: line 1, column 10'],
    ['1 % 0', 'an integer cannot be divided by zero: line 1, column 10'],
    ['true + 1', '+ is not defined between a boolean and an integer: line 1, column 13'],
    ["'a' - 1", '- is not defined between a string and an integer: line 1, column 12'],
    ['-true', '- is not defined for a boolean: line 1, column 8'],
    ['1 AND true', 'AND needs a boolean, not an integer: line 1, column 8'],
    ["NOT 'a'", 'NOT needs a boolean, not a string: line 1, column 8'],
    ['1 IN 2', 'IN needs a list, not an integer: line 1, column 10'],
    ["[1]['a']", 'a list has no properties: line 1, column 12'],
    ['[1][1.0]', 'a list is indexed by an integer, not a float: line 1, column 12'],
    ['(1).x', 'an integer has no properties: line 1, column 11'],
    ['1:A', 'a label is asked of an integer: line 1, column 8'],
    ['x', 'x is not defined here: line 1, column 8'],
    ['[x IN 1 | x]', 'a list is needed here, not an integer: line 1, column 8'],
  ])('%s is refused', (text, expected) => {
    expect(failure(`RETURN ${text} AS x`)).toBe(`BAD_REQUEST ${expected}`)
  })
})

describe('logic of three values', () => {
  const truths = ['true', 'false', 'null']
  const table = (operator: string) =>
    truths.map((left) => truths.map((right) => value(`RETURN ${left} ${operator} ${right} AS x`)))

  test('AND, OR and XOR over true, false and null', () => {
    expect({ and: table('AND'), or: table('OR'), xor: table('XOR') }).toEqual({
      and: [
        [true, false, null],
        [false, false, false],
        [null, false, null],
      ],
      or: [
        [true, true, true],
        [true, false, null],
        [true, null, null],
      ],
      xor: [
        [false, true, null],
        [true, false, null],
        [null, null, null],
      ],
    })
  })

  test.each<[string, unknown]>([
    ['NOT true', false],
    ['NOT null', null],
    ['NOT NOT true', true],
    ['NOT 1 = 2', true],
    ['true OR false AND false', true],
    ['1 = 1.0', true],
    ['9007199254740993 = 9007199254740992.0', false],
    ['9007199254740993 > 9007199254740992.0', true],
    ["1 = '1'", false],
    ["1 < '1'", null],
    ['null = null', null],
    ['null <> 1', null],
    ['1 <> 2', true],
    ['1 < 2 < 3', true],
    ['1 < 2 > 3', false],
    ['1 < null < 0', null],
    ['3 > 2 >= 2', true],
    ["'a' < 'b'", true],
    ["'' < '\u{1F600}'", true],
    ["'\uff61' < '\u{1F600}'", true],
    ['false < true', true],
    ['0.0 / 0 = 0.0 / 0', false],
    ['0.0 / 0 < 1', false],
    ['[1, 2] = [1, 2.0]', true],
    ['[1, null] = [1, 2]', null],
    ['[1, null] = [2, null]', false],
    ['[1] = [1, null]', false],
    ['[1, 2] < [1, 3]', true],
    ['[1] < [1, 0]', true],
    ['{a: 1} = {a: 1.0}', true],
    ['{a: 1} = {b: 1}', false],
    ['{a: null} = {a: 1}', null],
    ['2 IN [1, 2]', true],
    ['3 IN [1, 2]', false],
    ['3 IN [1, null]', null],
    ['null IN [1]', null],
    ['null IN []', false],
    ['1 IN null', null],
    ['[1] IN [[1], 2]', true],
    ["'abc' STARTS WITH 'ab'", true],
    ["'abc' ENDS WITH 'ab'", false],
    ["'abc' CONTAINS 'b'", true],
    ["'abc' CONTAINS null", null],
    ["1 STARTS WITH '1'", null],
    ['null IS NULL', true],
    ['1 IS NULL', false],
    ['1 IS NOT NULL', true],
    ['null IS NULL = true', true],
    ['all(x IN [1, 2] WHERE x > 0)', true],
    ['all(x IN [1, null] WHERE x > 0)', null],
    ['all(x IN [0, null] WHERE x > 0)', false],
    ['all(x IN [] WHERE x > 0)', true],
    ['any(x IN [0, null] WHERE x > 0)', null],
    ['any(x IN [1, null] WHERE x > 0)', true],
    ['none(x IN [0] WHERE x > 0)', true],
    ['none(x IN [null] WHERE x > 0)', null],
    ['single(x IN [1, 0] WHERE x > 0)', true],
    ['single(x IN [1, 1, null] WHERE x > 0)', false],
    ['single(x IN [1, null] WHERE x > 0)', null],
    ['date("2024-01-01") < date("2024-01-02")', true],
    ['date("2024-01-01") < datetime("2024-01-02")', null],
    ['date("2024-01-01") = date("2024-01-01")', true],
  ])('%s', (text, expected) => {
    expect(value(`RETURN ${text} AS x`)).toEqual(expected)
  })
})

describe('functions', () => {
  test.each<[string, unknown]>([
    ['coalesce(null, 2, 3)', 2n],
    ['coalesce(null)', null],
    ['exists({a: 1}.a)', true],
    ['exists({a: 1}.b)', false],
    ["size('aé😀')", 3n],
    ['size([1, null])', 2n],
    ['size(null)', null],
    ['head([1, 2])', 1n],
    ['head([])', null],
    ['last([1, 2])', 2n],
    ['tail([1, 2, 3])', [2n, 3n]],
    ['range(1, 3)', [1n, 2n, 3n]],
    ['range(3, 1)', []],
    ['range(3, 1, -1)', [3n, 2n, 1n]],
    ['range(0, 10, 4)', [0n, 4n, 8n]],
    ['keys({a: 1, b: null})', ['a', 'b']],
    ['properties({a: 1})', { a: 1n }],
    ['toString(1)', '1'],
    ['toString(1.0)', '1.0'],
    ['toString(true)', 'true'],
    ['toString(null)', null],
    ["toInteger('42')", 42n],
    ["toInteger(' -4.7 ')", -4n],
    ["toInteger('x')", null],
    ["toInteger('9223372036854775808')", null],
    ['toInteger(2.9)', 2n],
    ['toInteger(1e300)', null],
    ["toFloat('1.5e2')", 150],
    ["toFloat('')", null],
    ['toFloat(3)', 3],
    ["toBoolean('TRUE')", true],
    ["toUpper('aß')", 'ASS'],
    ["toLower('ÄB')", 'äb'],
    ['abs(-3)', 3n],
    ['abs(-2.5)', 2.5],
    ['sign(-0.5)', -1n],
    ['round(2.5)', 3],
    ['round(-2.5)', -2],
    ['round(3.14159, 2)', 3.14],
    ['floor(-1.5)', -2],
    ['ceil(1.2)', 2],
    ['ceil(1)', 1],
    ['sqrt(9)', 3],
    ['rand()', 0.25],
    ['timestamp()', 1_709_209_800_123n],
    ['datetime()', { type: 'dateTime', milliseconds: 1_709_209_800_123n }],
    ["datetime('2024-02-29T12:30:00Z')", { type: 'dateTime', milliseconds: 1_709_209_800_000n }],
    ["datetime('2024-02-29T12:30:00+02:00')", { type: 'dateTime', milliseconds: 1_709_202_600_000n }],
    ["datetime('2024-02-29T12:30')", { type: 'dateTime', milliseconds: 1_709_209_800_000n }],
    ['datetime({epochMillis: 5})', { type: 'dateTime', milliseconds: 5n }],
    ['date()', { type: 'date', days: 19_782 }],
    ["date('1970-01-02')", { type: 'date', days: 1 }],
    ["toString(date('2024-02-29'))", '2024-02-29'],
    ['toString(datetime())', '2024-02-29T12:30:00.123Z'],
    ['[d IN [datetime()] | [d.year, d.month, d.day, d.hour, d.epochSeconds]]', [[2024n, 2n, 29n, 12n, 1_709_209_800n]]],
    ["split('a,b', ',')", ['a', 'b']],
    ["replace('aXbX', 'X', '--')", 'a--b--'],
    ["substring('hello', 1, 3)", 'ell'],
    ["substring('hello', 3)", 'lo'],
    ["trim('  a ')", 'a'],
    ["reverse('abc')", 'cba'],
    ['reverse([1, 2])', [2n, 1n]],
  ])('%s', (text, expected) => {
    expect(value(`RETURN ${text} AS x`)).toEqual(expected)
  })

  test.each([
    ['size(1)', 'size() is not defined for an integer: line 1, column 8'],
    ['size()', 'size() takes 1 parameter, not 0: line 1, column 8'],
    ['range(1)', 'range() takes 2 to 3 parameters, not 1: line 1, column 8'],
    ['coalesce()', 'coalesce() takes at least 1 parameter, not 0: line 1, column 8'],
    ['range(1, 2, 0)', 'the step of range() must not be 0: line 1, column 8'],
    ['range(1, 9223372036854775807)', 'a list of a query holds 2000000 values at most: line 1, column 8'],
    ['id(1)', 'id() is not defined for an integer: line 1, column 8'],
    ['labels({})', 'labels() needs a node, not a map: line 1, column 8'],
    ["date('2024-02-30')", 'date() needs a time as 2024-02-29: line 1, column 8'],
    ["datetime('yesterday')", 'datetime() needs a time as 2024-02-29T12:30:00Z: line 1, column 8'],
    ['toString([1])', 'toString() is not defined for a list: line 1, column 8'],
    ['abs(-9223372036854775808)', 'the integer does not fit 64 bits: line 1, column 8'],
    ['head(DISTINCT [1])', 'head() is not an aggregate: line 1, column 8'],
    ['size(*)', 'size() is not an aggregate: line 1, column 8'],
  ])('%s is refused', (text, expected) => {
    expect(failure(`RETURN ${text} AS x`)).toBe(`BAD_REQUEST ${expected}`)
  })
})

test('values of all kinds have one order, nulls last, and DESC turns it around', () => {
  const list = "[null, 1, true, 'b', [2], {a: 1}, 0.5, 'a', false, [1, 3], 0.0 / 0, date('2024-01-01'), 2]"
  const sorted = [
    { a: 1n },
    [1n, 3n],
    [2n],
    { type: 'date', days: 19_723 },
    'a',
    'b',
    false,
    true,
    0.5,
    1n,
    2n,
    Number.NaN,
    null,
  ]
  expect(rows(`UNWIND ${list} AS x RETURN x ORDER BY x`).flat(0)).toEqual(sorted.map((item) => [item]))
  expect(rows(`UNWIND ${list} AS x RETURN x ORDER BY x DESC`)).toEqual(sorted.toReversed().map((item) => [item]))
})

test('values that group together are one: integers with floats, null with null, NaN with NaN', () => {
  const list =
    "[1, 1.0, null, null, 0.0 / 0, 0.0 / 0, -0.0, 0, '1', [1], [1.0], {a: 1, b: 2}, {b: 2, a: 1}, 's1:a', true, 't']"
  expect(rows(`UNWIND ${list} AS x RETURN x, count(*)`)).toEqual([
    [1n, 2n],
    [null, 2n],
    [Number.NaN, 2n],
    [-0, 2n],
    ['1', 1n],
    [[1n], 2n],
    [{ a: 1n, b: 2n }, 2n],
    ['s1:a', 1n],
    [true, 1n],
    ['t', 1n],
  ])
})
