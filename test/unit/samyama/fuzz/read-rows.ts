import fc from 'fast-check'
import { samyamaCodec } from '../../../../src-main/samyama/codec.ts'
import { encodeStoredEdge, encodeStoredNode } from '../../../../src-main/samyama/encode.ts'
import { chooseGeneration } from '../../../../src-main/samyama/generation.ts'
import { encodeRowKey, parseRowKey } from '../../../../src-main/samyama/keys.ts'
import {
  decodeStoredEdge,
  decodeStoredNode,
  type StoredEdge,
  type StoredNode,
} from '../../../../src-main/samyama/rows.ts'
import type { Generation } from '../../../../src-main/samyama/variants.ts'
import type { Answer, Files, Input } from '../../../support/fuzz/target.ts'
import { arbitraryEdge, arbitraryNode } from '../arbitrary-rows.ts'
import { exampleEdge, exampleNode } from '../worked-example.ts'

const SAMPLE_SEED = 7
const ROWS_OF_A_KIND = 20
const NOW_MS = 1_800_000_000_000
const VALUE = 'value'
const KEY = 'key'
const generations: readonly Generation[] = ['A0', 'A1', 'B']

/** Rows with every type of value, the same ones every time. */
export function sampleRows(generation: Generation): (StoredNode | StoredEdge)[] {
  const parameters = { seed: SAMPLE_SEED, numRuns: ROWS_OF_A_KIND }
  const nodes = fc.sample(arbitraryNode(generation), parameters)
  return [exampleNode, exampleEdge, ...nodes, ...fc.sample(arbitraryEdge(generation), parameters)]
}

/** The value of a row with its key; the name of the input starts with the generation. */
export function rowInputs(): Input[] {
  return generations.flatMap((generation) =>
    sampleRows(generation).map((row, index) => {
      const value = encodeRow(row, generation)
      const key = encodeRowKey({ tenant: 'default', type: row.type, id: row.id })
      return { name: `${generation} ${index}`, files: new Map(Object.entries({ [VALUE]: value, [KEY]: key })) }
    }),
  )
}

function encodeRow(row: StoredNode | StoredEdge, generation: Generation): Uint8Array {
  return row.type === 'node' ? encodeStoredNode(row, generation) : encodeStoredEdge(row, generation)
}

/**
 * Reads a row in words as every generation would, then as the one in the name of the input wrote it: what is read must
 * be written back to the same bytes.
 */
export function readRow(files: Files, { name }: Input): Answer {
  const value = files.get(VALUE) ?? new Uint8Array(0)
  const key = files.get(KEY) ?? new Uint8Array(0)
  chooseGeneration([{ key, value }], NOW_MS)
  for (const generation of generations) {
    const codec = samyamaCodec(generation)
    for (const family of ['nodes', 'edges']) {
      if (codec.recognises(family, key)) JSON.stringify(codec.decode(family, key, value))
    }
  }
  const generation = generations.find((candidate) => name.startsWith(candidate)) ?? 'B'
  const isEdge = parseRowKey(key)?.type === 'edge'
  const row = isEdge ? decodeStoredEdge(value, generation) : decodeStoredNode(value, generation)
  if (Buffer.compare(encodeRow(row, generation), value) !== 0) throw new Error('written again it is not the same')
  return { items: [], damages: [] }
}
