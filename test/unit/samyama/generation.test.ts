import { describe, expect, test } from 'vitest'
import { encodeStoredEdge, encodeStoredNode } from '../../../src-main/samyama/encode.ts'
import { chooseGeneration, type SampleRow } from '../../../src-main/samyama/generation.ts'
import { encodeRowKey } from '../../../src-main/samyama/keys.ts'
import type { PropertyValue } from '../../../src-main/samyama/property-value.ts'
import type { Generation } from '../../../src-main/samyama/variants.ts'
import { exampleEdge, exampleNode } from './worked-example.ts'

const nowMs = 1_700_000_100_000

function nodeRow(generation: Generation, value: PropertyValue, times: Partial<typeof exampleNode> = {}): SampleRow {
  const node = { ...exampleNode, ...times, properties: [{ name: 'p', value }] }
  const key = encodeRowKey({ tenant: 'default', type: 'node', id: node.id })
  return { key, value: encodeStoredNode(node, generation) }
}

const plain = nodeRow('A1', { type: 'string', value: 'Ann' })
const edge: SampleRow = {
  key: encodeRowKey({ tenant: 'default', type: 'edge', id: exampleEdge.id }),
  value: encodeStoredEdge(exampleEdge, 'A1'),
}
const damaged: SampleRow = { key: plain.key, value: plain.value.subarray(0, 20) }

describe('choosing the generation', () => {
  test('rows that every generation reads alike need no choice', () => {
    expect(chooseGeneration([plain, edge], nowMs)).toEqual({
      generation: 'any',
      candidates: ['A1', 'B', 'A0'],
      undecodableRows: 0,
    })
  })

  test.each<[Generation, PropertyValue]>([
    ['A0', { type: 'null' }],
    ['A1', { type: 'null' }],
    ['A1', { type: 'duration', months: 1n, days: 2n, seconds: 3n, nanoseconds: 4 }],
    ['B', { type: 'date', days: 19_675 }],
    ['B', { type: 'localTime', nanoseconds: 1n }],
    ['B', { type: 'time', nanoseconds: 43_200_000_000_000n, offsetSeconds: 3600 }],
    ['B', { type: 'localDateTime', seconds: 1_700_000_000n, nanoseconds: 5 }],
    ['B', { type: 'zonedDateTime', seconds: 1n, nanoseconds: 0, offsetSeconds: 0, zone: 'Europe/Stockholm' }],
    ['B', { type: 'array', items: [{ type: 'null' }] }],
    ['B', { type: 'vector', values: new Float32Array([0.5]) }],
  ])('%s is recognised by %o', (generation, value) => {
    expect(chooseGeneration([plain, nodeRow(generation, value)], nowMs)).toEqual({
      generation,
      candidates: [generation],
      undecodableRows: 0,
    })
  })

  test('an array of plain values leaves both old generations, and the likelier is chosen', () => {
    const row = nodeRow('A0', { type: 'array', items: [{ type: 'integer', value: 1n }] })
    expect(chooseGeneration([row], nowMs)).toEqual({ generation: 'A1', candidates: ['A1', 'A0'], undecodableRows: 0 })
  })

  test('midnight in B and an empty map before it are the same bytes, so all readings are named', () => {
    const midnight = nodeRow('B', { type: 'localTime', nanoseconds: 0n })
    expect(midnight).toEqual(nodeRow('A1', { type: 'map', entries: [] }))
    expect(chooseGeneration([midnight], nowMs)).toEqual({
      generation: 'A1',
      candidates: ['A1', 'B', 'A0'],
      undecodableRows: 0,
    })
    expect(chooseGeneration([midnight, nodeRow('B', { type: 'date', days: 1 })], nowMs).generation).toBe('B')
  })

  test('rows of two generations in one directory are explained by none', () => {
    const rows = [nodeRow('A1', { type: 'null' }), nodeRow('B', { type: 'null' })]
    expect(chooseGeneration(rows, nowMs)).toEqual({ generation: 'none', candidates: [], undecodableRows: 0 })
  })

  test('a damaged row is counted and decides nothing', () => {
    expect(chooseGeneration([damaged, nodeRow('B', { type: 'null' })], nowMs)).toEqual({
      generation: 'B',
      candidates: ['B'],
      undecodableRows: 1,
    })
  })

  test('no row, and no row that decodes, is no generation', () => {
    expect(chooseGeneration([], nowMs)).toEqual({ generation: 'none', candidates: [], undecodableRows: 0 })
    expect(chooseGeneration([damaged], nowMs)).toEqual({ generation: 'none', candidates: [], undecodableRows: 1 })
    const foreign = { key: new Uint8Array([1, 2, 3]), value: plain.value }
    expect(chooseGeneration([foreign], nowMs)).toEqual({ generation: 'none', candidates: [], undecodableRows: 1 })
  })

  test.each<[string, SampleRow]>([
    ['created before 2000', nodeRow('A1', { type: 'null' }, { createdAtMs: 946_684_799_999 })],
    ['updated two days from now', nodeRow('A1', { type: 'null' }, { updatedAtMs: nowMs + 2 * 86_400_000 })],
    ['a local time of a whole day', nodeRow('B', { type: 'localTime', nanoseconds: 86_400_000_000_000n })],
    ['a zone 19 hours away', nodeRow('B', { type: 'time', nanoseconds: 0n, offsetSeconds: 68_400 })],
    ['a second of 10^9 ns', nodeRow('B', { type: 'localDateTime', seconds: 0n, nanoseconds: 1_000_000_000 })],
    [
      'the same inside an array',
      nodeRow('B', { type: 'array', items: [{ type: 'localTime', nanoseconds: -1n }, { type: 'null' }] }),
    ],
  ])('%s is not sane', (_, row) => {
    expect(chooseGeneration([row], nowMs)).toEqual({ generation: 'none', candidates: [], undecodableRows: 1 })
  })

  test('times of 0, which old imports stored, are sane', () => {
    const row = nodeRow('A1', { type: 'null' }, { createdAtMs: 0, updatedAtMs: 0 })
    expect(chooseGeneration([row], nowMs).generation).toBe('A1')
  })
})
