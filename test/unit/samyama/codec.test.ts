import { describe, expect, test } from 'vitest'
import { samyamaCodec } from '../../../src-main/samyama/codec.ts'
import { encodeStoredNode } from '../../../src-main/samyama/encode.ts'
import { encodeRowKey } from '../../../src-main/samyama/keys.ts'
import type { StoredNode } from '../../../src-main/samyama/rows.ts'
import { exampleEdgeBytes, exampleNodeBytes, fromText } from './worked-example.ts'

const nodeKey = fromText('default:n:000000000000001a')
const edgeKey = fromText('default:e:0000000000000005')

describe('the codec of Samyama', () => {
  test('a node of the worked example in words', () => {
    expect(samyamaCodec('A1').decode('nodes', nodeKey, exampleNodeBytes)).toEqual({
      type: 'node',
      id: '26',
      tenant: 'default',
      labels: ['Person'],
      source: null,
      target: null,
      properties: [{ name: 'name', type: 'string', text: '"Ann"' }],
      createdAtMs: 1_700_000_000_000,
      updatedAtMs: 1_700_000_000_123,
    })
  })

  test('an edge of the worked example in words', () => {
    expect(samyamaCodec('any').decode('edges', edgeKey, exampleEdgeBytes)).toEqual({
      type: 'edge',
      id: '5',
      tenant: 'default',
      labels: ['KNOWS'],
      source: '26',
      target: '27',
      properties: [{ name: 'since', type: 'integer', text: '2020' }],
      createdAtMs: 1_700_000_000_456,
      updatedAtMs: null,
    })
  })

  test('labels and properties are sorted, and times of 0 are unknown', () => {
    const node: StoredNode = {
      type: 'node',
      id: 2n ** 64n - 1n,
      labels: ['b', 'a'],
      properties: [
        { name: 'z', value: { type: 'null' } },
        { name: 'Z', value: { type: 'date', days: 0 } },
        { name: 'y', value: { type: 'boolean', value: true } },
      ],
      createdAtMs: 0,
      updatedAtMs: 0,
    }
    const key = encodeRowKey({ tenant: 'acme:eu', type: 'node', id: node.id })
    expect(samyamaCodec('B').decode('nodes', key, encodeStoredNode(node, 'B'))).toEqual({
      type: 'node',
      id: '18446744073709551615',
      tenant: 'acme:eu',
      labels: ['a', 'b'],
      source: null,
      target: null,
      properties: [
        { name: 'Z', type: 'date', text: '1970-01-01' },
        { name: 'y', type: 'boolean', text: 'true' },
        { name: 'z', type: 'null', text: 'null' },
      ],
      createdAtMs: null,
      updatedAtMs: null,
    })
  })

  test('it recognises node keys in nodes, edge keys in edges, and nothing else', () => {
    const codec = samyamaCodec('A1')
    const recognised = [
      ['nodes', nodeKey],
      ['edges', edgeKey],
      ['nodes', edgeKey],
      ['edges', nodeKey],
      ['indices', nodeKey],
      ['default', nodeKey],
      ['nodes', fromText('nodes')],
    ] as const
    expect(recognised.map(([family, key]) => codec.recognises(family, key))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ])
  })

  test.each<[string, string, Uint8Array, Uint8Array]>([
    ['a key that it does not know', 'nodes', fromText('meta:default:node_count'), exampleNodeBytes],
    ['a column family that it does not know', 'indices', nodeKey, exampleNodeBytes],
    ['a cut value', 'nodes', nodeKey, exampleNodeBytes.subarray(0, 88)],
    ['the value of another row', 'nodes', fromText('default:n:000000000000001b'), exampleNodeBytes],
    ['an empty value', 'edges', edgeKey, new Uint8Array()],
  ])('%s has no words', (_, family, key, value) => {
    expect(samyamaCodec('A1').decode(family, key, value)).toBe(null)
  })

  test('a row says how many labels and properties it has beyond the first thousand', () => {
    const names = Array.from({ length: 5000 }, (_, index) => `n${String(index).padStart(4, '0')}`)
    const row = samyamaCodec('A1').decode(
      'nodes',
      nodeKey,
      encodeStoredNode(
        {
          type: 'node',
          id: 26n,
          labels: names,
          properties: names.map((name) => ({ name, value: { type: 'null' } })),
          createdAtMs: 0,
          updatedAtMs: 0,
        },
        'A1',
      ),
    )
    expect([row?.labels.length, row?.labels[999], row?.labels[1000]]).toEqual([1001, 'n0999', '… and 4000 more'])
    expect([row?.properties.length, row?.properties[999], row?.properties[1000]]).toEqual([
      1001,
      { name: 'n0999', type: 'null', text: 'null' },
      { name: '…', type: '', text: '… and 4000 more' },
    ])
  })

  test('its name says what it takes the bytes for', () => {
    expect([samyamaCodec('any').name, samyamaCodec('A0').name]).toEqual(['samyama', 'samyama A0'])
  })
})
