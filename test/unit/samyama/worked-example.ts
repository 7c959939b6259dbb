import type { StoredEdge, StoredNode } from '../../../src-main/samyama/rows.ts'

/** The rows of docs/formats/samyama.md §1.8, which the engine's own structs serialise to the same bytes. */
export const exampleNode: StoredNode = {
  type: 'node',
  id: 26n,
  labels: ['Person'],
  properties: [{ name: 'name', value: { type: 'string', value: 'Ann' } }],
  createdAtMs: 1_700_000_000_000,
  updatedAtMs: 1_700_000_000_123,
}

export const exampleNodeBytes = fromHex(`
  1a 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00
  06 00 00 00 00 00 00 00 50 65 72 73 6f 6e 23 00
  00 00 00 00 00 00 01 00 00 00 00 00 00 00 04 00
  00 00 00 00 00 00 6e 61 6d 65 00 00 00 00 03 00
  00 00 00 00 00 00 41 6e 6e 00 68 e5 cf 8b 01 00
  00 7b 68 e5 cf 8b 01 00 00`)

export const exampleEdge: StoredEdge = {
  type: 'edge',
  id: 5n,
  source: 26n,
  target: 27n,
  edgeType: 'KNOWS',
  properties: [{ name: 'since', value: { type: 'integer', value: 2020n } }],
  createdAtMs: 1_700_000_000_456,
}

export const exampleEdgeBytes = fromHex(`
  05 00 00 00 00 00 00 00 1a 00 00 00 00 00 00 00
  1b 00 00 00 00 00 00 00 05 00 00 00 00 00 00 00
  4b 4e 4f 57 53 21 00 00 00 00 00 00 00 01 00 00
  00 00 00 00 00 05 00 00 00 00 00 00 00 73 69 6e
  63 65 01 00 00 00 e4 07 00 00 00 00 00 00 c8 69
  e5 cf 8b 01 00 00`)

export function fromHex(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text.replaceAll(/\s/g, ''), 'hex'))
}

export function fromText(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}
