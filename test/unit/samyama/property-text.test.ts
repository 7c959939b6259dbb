import { expect, test } from 'vitest'
import { propertyText } from '../../../src-main/samyama/property-text.ts'
import type { PropertyValue } from '../../../src-main/samyama/property-value.ts'

const nothing: PropertyValue = { type: 'null' }
const clock = (12n * 3600n + 31n * 60n + 14n) * 1_000_000_000n + 645_876_123n
// 2017-11-10T22:30Z, which is 2017-11-11T00:30 in Stockholm
const instantSeconds = 1_510_353_000n
const zoned = (offsetSeconds: number, zone: string | null): PropertyValue => ({
  type: 'zonedDateTime',
  seconds: instantSeconds,
  nanoseconds: 0,
  offsetSeconds,
  zone,
})
const duration = (months: bigint, days: bigint, seconds: bigint, nanoseconds: number): PropertyValue => ({
  type: 'duration',
  months,
  days,
  seconds,
  nanoseconds,
})

test.each<[PropertyValue, string]>([
  [{ type: 'string', value: 'say "hi"\n' }, '"say \\"hi\\"\\n"'],
  [{ type: 'integer', value: -9_223_372_036_854_775_808n }, '-9223372036854775808'],
  [{ type: 'float', value: 2.5 }, '2.5'],
  [{ type: 'float', value: -0 }, '-0'],
  [{ type: 'float', value: Number.NaN }, 'NaN'],
  [{ type: 'boolean', value: false }, 'false'],
  [nothing, 'null'],
  [{ type: 'dateTime', milliseconds: 1_700_000_000_123n }, '2023-11-14T22:13:20.123Z'],
  [{ type: 'dateTime', milliseconds: 2n ** 62n }, '4611686018427387904 ms'],
  [{ type: 'date', days: -1 }, '1969-12-31'],
  [{ type: 'date', days: 2 ** 31 - 1 }, '2147483647 days'],
  [{ type: 'localTime', nanoseconds: clock }, '12:31:14.645876123'],
  [{ type: 'localTime', nanoseconds: 0n }, '00:00:00'],
  [{ type: 'localTime', nanoseconds: -1n }, '-1 ns'],
  [{ type: 'time', nanoseconds: clock, offsetSeconds: -5400 }, '12:31:14.645876123-01:30'],
  [{ type: 'time', nanoseconds: 0n, offsetSeconds: 1 }, '00:00:00+00:00:01'],
  [{ type: 'time', nanoseconds: 0n, offsetSeconds: 100_000 }, '00:00:00 100000 s'],
  [{ type: 'localDateTime', seconds: instantSeconds, nanoseconds: 5 }, '2017-11-10T22:30:00.000000005'],
  [{ type: 'localDateTime', seconds: -1n, nanoseconds: 500_000_000 }, '1969-12-31T23:59:59.5'],
  [{ type: 'localDateTime', seconds: 0n, nanoseconds: 2 ** 31 }, '0 s 2147483648 ns'],
  [zoned(7200, 'Europe/Stockholm'), '2017-11-11T00:30:00+02:00[Europe/Stockholm]'],
  [zoned(0, null), '2017-11-10T22:30:00Z'],
  [duration(1n, 2n, 3n, 4), 'P1M2DT3.000000004S'],
  [duration(14n, 0n, 0n, 0), 'P14M'],
  [duration(0n, 0n, 0n, 0), 'PT0S'],
  [duration(0n, -1n, -2n, 500_000_000), 'P-1DT-1.5S'],
  [
    { type: 'array', items: [{ type: 'string', value: 'a' }, { type: 'array', items: [] }, nothing] },
    '["a", [], null]',
  ],
  [
    {
      type: 'map',
      entries: [
        { name: 'b', value: { type: 'integer', value: 1n } },
        { name: 'a', value: { type: 'map', entries: [] } },
      ],
    },
    '{"a": {}, "b": 1}',
  ],
  [{ type: 'vector', values: new Float32Array([0.5, 1]) }, '[0.5, 1] (2)'],
  [{ type: 'vector', values: new Float32Array(384).fill(0.1) }, '[0.1, 0.1, 0.1, 0.1, …] (384)'],
  [{ type: 'vector', values: new Float32Array([16_777_215, -0, Infinity]) }, '[16777215, -0, Infinity] (3)'],
  [{ type: 'vector', values: new Float32Array() }, '[] (0)'],
])('%o reads %s', (value, text) => {
  expect(propertyText(value)).toBe(text)
})

test('a value of any size is one line: its start, then an ellipsis', () => {
  const long = 'ä'.repeat(1_000_000)
  const wide: PropertyValue = { type: 'array', items: Array.from({ length: 200_000 }, () => nothing) }
  const names = Array.from({ length: 50_000 }, (_, index) => ({ name: `${index}`, value: wide }))
  const texts = [
    propertyText({ type: 'string', value: long }),
    propertyText({ type: 'string', value: '\u0000'.repeat(1_000_000) }),
    propertyText(wide),
    propertyText({ type: 'map', entries: names }),
    propertyText(zoned(0, long)),
  ]
  expect(texts.map((text) => [text.length, text.slice(0, 6), text.at(-1)])).toEqual([
    [10_001, '"äääää', '…'],
    [10_001, '"\\u000', '…'],
    [10_001, '[null,', '…'],
    [10_001, '{"0": ', '…'],
    [10_001, '2017-1', '…'],
  ])
})

test('a cut never splits a character in two', () => {
  const text = propertyText({ type: 'string', value: `${'a'.repeat(9_998)}😀b` })
  expect([text.isWellFormed(), text.length]).toEqual([true, 10_001])
})
