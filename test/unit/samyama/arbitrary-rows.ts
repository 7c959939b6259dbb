import fc from 'fast-check'
import type { PropertyEntry, PropertyValue } from '../../../src-main/samyama/property-value.ts'
import type { StoredEdge, StoredNode } from '../../../src-main/samyama/rows.ts'
import { type Generation, variantsOf } from '../../../src-main/samyama/variants.ts'

const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })
const i32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const u32 = fc.integer({ min: 0, max: 2 ** 32 - 1 })
const text = fc.string({ unit: 'binary', maxLength: 12 })
const timeMs = fc.integer({ min: 946_684_800_000, max: 1_800_000_000_000 })

/** Any property value that a generation can store; the numbers inside times may be absurd. */
export function arbitraryValue(generation: Generation): fc.Arbitrary<PropertyValue> {
  const types = variantsOf(generation)
  const { value } = fc.letrec<{ value: PropertyValue; entry: PropertyEntry }>((tie) => {
    const byType: Record<PropertyValue['type'], fc.Arbitrary<PropertyValue>> = {
      string: fc.record({ type: fc.constant('string'), value: text }),
      integer: fc.record({ type: fc.constant('integer'), value: i64 }),
      float: fc.record({ type: fc.constant('float'), value: fc.double() }),
      boolean: fc.record({ type: fc.constant('boolean'), value: fc.boolean() }),
      dateTime: fc.record({ type: fc.constant('dateTime'), milliseconds: i64 }),
      date: fc.record({ type: fc.constant('date'), days: i32 }),
      localTime: fc.record({ type: fc.constant('localTime'), nanoseconds: i64 }),
      time: fc.record({ type: fc.constant('time'), nanoseconds: i64, offsetSeconds: i32 }),
      localDateTime: fc.record({ type: fc.constant('localDateTime'), seconds: i64, nanoseconds: u32 }),
      zonedDateTime: fc.record({
        type: fc.constant('zonedDateTime'),
        seconds: i64,
        nanoseconds: u32,
        offsetSeconds: i32,
        zone: fc.option(text, { nil: null }),
      }),
      array: fc.record({ type: fc.constant('array'), items: fc.array(tie('value'), { maxLength: 4 }) }),
      map: fc.record({ type: fc.constant('map'), entries: fc.array(tie('entry'), { maxLength: 4 }) }),
      vector: fc.record({ type: fc.constant('vector'), values: fc.float32Array({ maxLength: 8 }) }),
      duration: fc.record({ type: fc.constant('duration'), months: i64, days: i64, seconds: i64, nanoseconds: i32 }),
      null: fc.record({ type: fc.constant('null') }),
    }
    return {
      value: fc.oneof({ depthSize: 'small', withCrossShrink: true }, ...types.map((type) => byType[type])),
      entry: fc.record({ name: text, value: tie('value') }),
    }
  })
  return value
}

export function arbitraryNode(generation: Generation): fc.Arbitrary<StoredNode> {
  return fc.record({
    type: fc.constant('node'),
    id: u64,
    labels: fc.array(text, { maxLength: 3 }),
    properties: arbitraryEntries(generation),
    createdAtMs: timeMs,
    updatedAtMs: timeMs,
  })
}

export function arbitraryEdge(generation: Generation): fc.Arbitrary<StoredEdge> {
  return fc.record({
    type: fc.constant('edge'),
    id: u64,
    source: u64,
    target: u64,
    edgeType: text,
    properties: arbitraryEntries(generation),
    createdAtMs: timeMs,
  })
}

function arbitraryEntries(generation: Generation): fc.Arbitrary<PropertyEntry[]> {
  return fc.array(fc.record({ name: text, value: arbitraryValue(generation) }), { maxLength: 5 })
}
