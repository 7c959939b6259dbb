import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareBytes } from '../../../../src-main/base/bytes.ts'
import { encodeRowKey } from '../../../../src-main/samyama/keys.ts'
import { checkGraphName } from '../../../../src-main/sandbox/store/graph-name.ts'
import { RowKeys } from '../../../../src-main/sandbox/store/row-keys.ts'

describe('keys of rows', () => {
  test('are those of the codec, for every safe integer, and stay when more are made', () => {
    const anyId = fc.oneof(fc.integer({ min: 0, max: 70_000 }), fc.maxSafeNat())
    const property = fc.property(
      fc.constantFrom('default', 'größer'),
      fc.constantFrom<'node' | 'edge'>('node', 'edge'),
      fc.array(anyId, { maxLength: 40 }),
      fc.integer({ min: 0, max: 9 }),
      (tenant, type, ids, count) => {
        const keys = new RowKeys(tenant, type, count)
        const made = ids.map((id) => keys.of(id))
        const expected = ids.map((id) => encodeRowKey({ tenant, type, id: BigInt(id) }))
        expect(made.map((key) => Buffer.from(key).toString())).toEqual(
          expected.map((key) => Buffer.from(key).toString()),
        )
      },
    )
    fc.assert(property)
  })

  test('lie inside the range of their kind and tenant, those of others outside', () => {
    const { start, end } = new RowKeys('shop', 'node', 1).range()
    const isInside = (key: Uint8Array) => compareBytes(key, start) >= 0 && compareBytes(key, end) < 0
    const max = Number.MAX_SAFE_INTEGER
    expect([new RowKeys('shop', 'node', 1).of(0), new RowKeys('shop', 'node', 1).of(max)].map(isInside)).toEqual([
      true,
      true,
    ])
    const others = [['shop', 'edge'] as const, ['shop2', 'node'] as const, ['sho', 'node'] as const]
    expect(
      others.flatMap(([tenant, type]) => [0, max].map((id) => isInside(new RowKeys(tenant, type, 1).of(id)))),
    ).toEqual(Array(6).fill(false))
  })
})

describe('the name of a graph', () => {
  test.each(['default', 'Größe 2', 'a', 'x'.repeat(128)])('may be %j', (name) => {
    expect(() => checkGraphName(name)).not.toThrow()
  })

  test.each(['', 'a:b', 'a\u0000', 'line\n', 'x'.repeat(129), '\ud800'])('may not be %j', (name) => {
    expect(() => checkGraphName(name)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
  })
})
