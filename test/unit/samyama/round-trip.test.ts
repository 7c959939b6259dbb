import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DamageError } from '../../../src-main/base/damage.ts'
import { samyamaCodec } from '../../../src-main/samyama/codec.ts'
import { encodeStoredEdge, encodeStoredNode } from '../../../src-main/samyama/encode.ts'
import { encodeRowKey } from '../../../src-main/samyama/keys.ts'
import { decodeStoredEdge, decodeStoredNode, type StoredNode } from '../../../src-main/samyama/rows.ts'
import type { Generation } from '../../../src-main/samyama/variants.ts'
import { arbitraryEdge, arbitraryNode } from './arbitrary-rows.ts'
import { exampleNodeBytes } from './worked-example.ts'

const seed = Number(process.env.LIFEBOAT_SEED ?? Date.now() % 2 ** 31)
console.log(`samyama round trips and mutations: LIFEBOAT_SEED=${seed}`)

const generations: readonly Generation[] = ['A0', 'A1', 'B']

describe.each(generations)('generation %s', (generation) => {
  test('a node that was written is read back equal', () => {
    fc.assert(
      fc.property(arbitraryNode(generation), (node) => {
        expect(decodeStoredNode(encodeStoredNode(node, generation), generation)).toEqual(node)
      }),
      { seed, numRuns: 300 },
    )
  })

  test('an edge that was written is read back equal', () => {
    fc.assert(
      fc.property(arbitraryEdge(generation), (edge) => {
        expect(decodeStoredEdge(encodeStoredEdge(edge, generation), generation)).toEqual(edge)
      }),
      { seed, numRuns: 300 },
    )
  })

  test('every row has words, however absurd its numbers', () => {
    const codec = samyamaCodec(generation)
    fc.assert(
      fc.property(arbitraryNode(generation), (node) => {
        const key = encodeRowKey({ tenant: 'default', type: 'node', id: node.id })
        const decoded = codec.decode('nodes', key, encodeStoredNode(node, generation))
        expect(decoded?.properties.map((property) => property.name)).toEqual(
          node.properties.map((property) => property.name).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)),
        )
      }),
      { seed, numRuns: 300 },
    )
  })

  test('changed bytes are damage or another row, never another failure', () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 })
    let damaged = 0
    fc.assert(
      fc.property(arbitraryNode(generation), changes, fc.nat(), (node, edits, cut) => {
        const bytes = encodeStoredNode(node, generation)
        for (const [place, mask] of edits) bytes[place % bytes.byteLength]! ^= mask
        const piece = cut % 3 === 0 ? bytes.subarray(0, cut % bytes.byteLength) : bytes
        if (readOrDamage(piece, generation) === 'damage') damaged += 1
      }),
      { seed, numRuns: 2000 },
    )
    expect(damaged).toBeGreaterThan(500)
  })
})

test('whatever is read can be written again, byte for byte', () => {
  const mask = fc.integer({ min: 1, max: 255 })
  fc.assert(
    fc.property(fc.nat(exampleNodeBytes.byteLength - 1), mask, (place, change) => {
      const bytes = exampleNodeBytes.slice()
      bytes[place]! ^= change
      const node = readOrDamage(bytes, 'B')
      if (node !== 'damage') expect(encodeStoredNode(node, 'B')).toEqual(bytes)
    }),
    { seed, numRuns: 2000 },
  )
})

function readOrDamage(bytes: Uint8Array, generation: Generation): StoredNode | 'damage' {
  try {
    return decodeStoredNode(bytes, generation)
  } catch (error) {
    expect(error).toBeInstanceOf(DamageError)
    return 'damage'
  }
}
