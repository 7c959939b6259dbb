import { join } from 'node:path'
import { expect, test } from 'vitest'
import { encodeStoredEdge, encodeStoredNode } from '../../../src-main/samyama/encode.ts'
import { encodeRowKey } from '../../../src-main/samyama/keys.ts'
import { GraphStore } from '../../../src-main/sandbox/store/graph-store.ts'
import { openNativeDatabase, skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import { tempDir } from '../../support/temp-dir.ts'

const nodeKey = (id: bigint) => encodeRowKey({ tenant: 'default', type: 'node', id })
const edgeKey = (id: bigint) => encodeRowKey({ tenant: 'default', type: 'edge', id })
const node = (id: bigint) =>
  encodeStoredNode({ type: 'node', id, labels: ['A'], properties: [], createdAtMs: 1, updatedAtMs: 1 }, 'B')
const edge = (id: bigint, source: bigint, target: bigint) =>
  encodeStoredEdge({ type: 'edge', id, source, target, edgeType: 'T', properties: [], createdAtMs: 1 }, 'B')

test.each([
  ['a key that is none of a row', 'nodes', Buffer.from('meta'), node(1n), 'meta', 'not the key of a row'],
  ['a node among the edges', 'edges', nodeKey(1n), node(1n), 'default:n:0000000000000001', 'not the key of a row'],
  ['a row of another key', 'nodes', nodeKey(2n), node(1n), 'default:n:0000000000000002', 'not the id in the key'],
  [
    'a torn row',
    'nodes',
    nodeKey(3n),
    node(3n).subarray(0, 20),
    'default:n:0000000000000003',
    'more items than the bytes left can hold',
  ],
  [
    'an id that is too large',
    'nodes',
    nodeKey(2n ** 60n),
    node(2n ** 60n),
    'default:n:1000000000000000',
    'an id beyond 2^53',
  ],
  [
    'an edge without its nodes',
    'edges',
    edgeKey(1n),
    edge(1n, 5n, 6n),
    'default:e:0000000000000001',
    'an edge between nodes 5 and 6, which are not both there',
  ],
])(
  'a database with %s is refused with its name, and can be opened again',
  async (_what, family, key, value, subject, problem) => {
    const path = join(tempDir(), 'graph')
    const native = await openNativeDatabase(path, { families: { nodes: {}, edges: {}, indices: {} } })
    await native.family('nodes').put(nodeKey(9n), node(9n))
    await native.family(family).put(key, value)
    await native.close()
    const message = `a row of the column family ${family} cannot be used: ${problem}`
    for (const _attempt of [1, 2]) {
      await expect(GraphStore.open(path)).rejects.toMatchObject({ code: 'DAMAGED', facts: { message, subject } })
    }
  },
)

test.beforeEach(skipWithoutRocksdbNative)
