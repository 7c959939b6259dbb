import { describe, expect, test } from 'vitest'
import { encodeStoredEdge, encodeStoredNode } from '../../../src-main/samyama/encode.ts'
import { decodeStoredEdge, decodeStoredNode, decodeStoredRow } from '../../../src-main/samyama/rows.ts'
import { exampleEdge, exampleEdgeBytes, exampleNode, exampleNodeBytes } from './worked-example.ts'

describe('the rows of the worked example', () => {
  test.each(['A0', 'A1', 'B'] as const)('the node of 89 bytes is read and written by %s', (generation) => {
    expect(exampleNodeBytes.byteLength).toBe(89)
    expect(decodeStoredNode(exampleNodeBytes, generation)).toEqual(exampleNode)
    expect(encodeStoredNode(exampleNode, generation)).toEqual(exampleNodeBytes)
  })

  test.each(['A0', 'A1', 'B'] as const)('the edge of 86 bytes is read and written by %s', (generation) => {
    expect(exampleEdgeBytes.byteLength).toBe(86)
    expect(decodeStoredEdge(exampleEdgeBytes, generation)).toEqual(exampleEdge)
    expect(encodeStoredEdge(exampleEdge, generation)).toEqual(exampleEdgeBytes)
  })
})

describe('a row must be what its key says, to the last byte', () => {
  test('every shorter piece of a row is damage', () => {
    for (let size = 0; size < exampleNodeBytes.byteLength; size += 1) {
      expect(() => decodeStoredNode(exampleNodeBytes.subarray(0, size), 'A1')).toThrow('nodes at byte')
    }
    for (let size = 0; size < exampleEdgeBytes.byteLength; size += 1) {
      expect(() => decodeStoredEdge(exampleEdgeBytes.subarray(0, size), 'A1')).toThrow('edges at byte')
    }
  })

  test('a byte behind a row is damage', () => {
    const longer = new Uint8Array([...exampleNodeBytes, 0])
    expect(() => decodeStoredNode(longer, 'A1')).toThrow(
      'nodes at byte 89: node: bytes left over (expected 0, found 1)',
    )
  })

  test('a byte behind the property map is damage, and its place counts from the start of the row', () => {
    const longer = new Uint8Array([...exampleNodeBytes.subarray(0, 0x49), 0, ...exampleNodeBytes.subarray(0x49)])
    longer[0x1e] = 0x24
    expect(() => decodeStoredNode(longer, 'A1')).toThrow(
      'nodes at byte 73: properties: bytes left over (expected 0, found 1)',
    )
  })

  test('a time beyond the safe integers is damage', () => {
    const absurd = exampleNodeBytes.slice()
    absurd.fill(0x7f, 0x49, 0x51)
    expect(() => decodeStoredNode(absurd, 'A1')).toThrow('nodes at byte 73: created_at: out of range')
  })

  test('a value under the key of another row is damage', () => {
    const key = { tenant: 'default', type: 'node', id: 26n } as const
    expect(decodeStoredRow(key, exampleNodeBytes, 'A1')).toEqual(exampleNode)
    expect(() => decodeStoredRow({ ...key, id: 27n }, exampleNodeBytes, 'A1')).toThrow(
      'nodes at byte 0: node id: not the id in the key (expected 27, found 26)',
    )
  })
})
