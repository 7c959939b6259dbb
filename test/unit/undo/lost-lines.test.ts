// Goal: a line of an export holds all of its row. Method: random rows of every generation are written and read back.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BadLine } from '../../../src-main/undo/export/line-fields.ts'
import { lostLine, lostRowOf } from '../../../src-main/undo/export/lost-lines.ts'
import { arbitraryEdge, arbitraryNode } from '../samyama/arbitrary-rows.ts'

const tenant = fc.string({ unit: 'binary', maxLength: 5 })

test.each(['A0', 'A1', 'B'] as const)('nodes and edges of generation %s are read back as they were', (generation) => {
  const [node, edge] = [arbitraryNode(generation), arbitraryEdge(generation)]
  const row = fc.oneof(
    fc
      .record({ tenant, before: node, after: fc.option(node) })
      .map((each) => ({ kind: 'node' as const, ...each, after: each.after && { ...each.after, id: each.before.id } })),
    fc
      .record({ tenant, before: edge, after: fc.option(edge) })
      .map((each) => ({ kind: 'edge' as const, ...each, after: each.after && { ...each.after, id: each.before.id } })),
  )
  fc.assert(
    fc.property(row, (lost) => {
      const line = lostLine(lost)
      expect(line.indexOf('\n')).toBe(line.length - 1)
      expect(lostRowOf(line)).toEqual(lost)
    }),
    { numRuns: 500 },
  )
})

test('keys and values that nobody can read are in hex', () => {
  const key = Uint8Array.of(0, 255, 10)
  const preview = (...bytes: number[]) => ({ bytes: Uint8Array.from(bytes), sizeBytes: bytes.length })
  const line = lostLine({
    kind: 'other',
    columnFamilyName: 'default',
    key,
    before: { kind: 'value', value: preview(1, 2) },
    after: { kind: 'merge', operands: [preview(7)], operandCount: 1, base: { kind: 'unreadable', value: preview(9) } },
  })
  expect(JSON.parse(line)).toEqual({
    ...{ kind: 'other', change: 'changed', columnFamily: 'default', key: '00ff0a' },
    before: { kind: 'value', hex: '0102', sizeBytes: 2 },
    after: {
      ...{ kind: 'merge', operandCount: 1, operands: [{ hex: '07', sizeBytes: 1 }] },
      base: { kind: 'unreadable', hex: '09', sizeBytes: 1 },
    },
  })
  expect(lostRowOf(line)).toBeNull()
})

test('a line that this program does not write is refused', () => {
  for (const line of [
    '[]',
    '{"kind":"node"}',
    '{"kind":"node","tenant":"t","id":"x"}',
    '{"kind":"edge","tenant":"t","id":"1","before":{}}',
  ])
    expect(() => lostRowOf(line)).toThrow(BadLine)
})
