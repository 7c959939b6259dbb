import type { LogEntry } from '../../../../src-main/samyama/log/log-entry.ts'
import { exampleEdgeBytes, exampleNodeBytes, fromHex } from '../worked-example.ts'

/** The property maps inside the rows of docs/formats/samyama.md §1.8. */
const nameMap = exampleNodeBytes.slice(0x26, 0x49)
const sinceMap = exampleEdgeBytes.slice(0x2d, 0x4e)
export const emptyMap = new Uint8Array(8)

/** The entries of docs/formats/samyama.md §2.2 with their sizes and XOR checksums, which the engine was seen to write. */
export const exampleEntries: readonly { entry: LogEntry; sizeBytes: number; xor: number; head: string }[] = [
  {
    entry: { type: 'createNode', tenant: 'default', nodeId: 26n, labels: ['Person'], properties: nameMap },
    sizeBytes: 92,
    xor: 0x27,
    head: `00000000 0700000000000000 64656661756c74 1a00000000000000 0100000000000000
      0600000000000000 506572736f6e 2300000000000000`,
  },
  {
    entry: {
      type: 'createEdge',
      tenant: 'default',
      edgeId: 5n,
      source: 26n,
      target: 27n,
      edgeType: 'KNOWS',
      properties: sinceMap,
    },
    sizeBytes: 97,
    xor: 0x97,
    head: `01000000 0700000000000000 64656661756c74 0500000000000000 1a00000000000000 1b00000000000000
      0500000000000000 4b4e4f5753 2100000000000000`,
  },
  {
    entry: { type: 'deleteNode', tenant: 'default', nodeId: 26n },
    sizeBytes: 27,
    xor: 0x74,
    head: '02000000 0700000000000000 64656661756c74 1a00000000000000',
  },
  {
    entry: { type: 'deleteEdge', tenant: 'default', edgeId: 5n },
    sizeBytes: 27,
    xor: 0x6a,
    head: '03000000 0700000000000000 64656661756c74 0500000000000000',
  },
  {
    entry: { type: 'updateNodeProperties', tenant: 'default', nodeId: 26n, properties: emptyMap, version: 2n },
    sizeBytes: 51,
    xor: 0x78,
    head: '04000000',
  },
  {
    entry: { type: 'updateEdgeProperties', tenant: 'default', edgeId: 5n, properties: emptyMap, version: 2n },
    sizeBytes: 51,
    xor: 0x66,
    head: '05000000',
  },
  {
    entry: { type: 'checkpoint', sequence: 7n, timestampSeconds: 1_700_000_000n },
    sizeBytes: 20,
    xor: 0xc6,
    head: '06000000 0700000000000000 00f1536500000000',
  },
]

export const smallEntry = {
  type: 'createNode',
  tenant: 'default',
  nodeId: 1n,
  labels: ['Person'],
  properties: emptyMap,
} satisfies LogEntry

/** The frame of docs/formats/samyama.md §2.2: `smallEntry`, sequence 1. */
export const smallXorRecord = fromHex(`
  4d 00 00 00 01 00 00 00 00 00 00 00 00 00 00 00
  07 00 00 00 00 00 00 00 64 65 66 61 75 6c 74 01
  00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 06
  00 00 00 00 00 00 00 50 65 72 73 6f 6e 08 00 00
  00 00 00 00 00 00 00 00 00 00 00 00 00 57 00 00
  00`)

/** The same in the form of docs/formats/samyama.md §2.4. */
export const smallCrcRecord = fromHex(`
  4e 00 00 80 01 01 00 00 00 00 00 00 00 00 00 00 00
  07 00 00 00 00 00 00 00 64 65 66 61 75 6c 74 01
  00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 06
  00 00 00 00 00 00 00 50 65 72 73 6f 6e 08 00 00
  00 00 00 00 00 00 00 00 00 00 00 00 00 b3 97 58 a9`)
