// Goal: what the store writes is what the product, and RocksDB's own tool, read: rows, commits, times, sequences.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { GraphStore } from '../../../src-main/sandbox/store/graph-store.ts'
import { openNativeDatabase, rowsOfNative } from '../../support/rocksdb-native.ts'
import { runLdb, skipWithoutRocksdbTools } from '../../support/rocksdb-tools.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { plainNode } from '../../unit/sandbox/store/model-graph.ts'
import { allCommits, decodedRows, openDisk, rawRows } from './support/disk-state.ts'
import { HandClock, named, none, numbered, openStore } from './support/open-store.ts'

const START_US = 1_700_000_000_000_000

test('rows read by the product as nodes and edges of Samyama, with the times of their commits', async (context) => {
  const path = join(tempDir(), 'graph')
  const clock = new HandClock(START_US)
  const store = await openStore(context, path, { clock })
  await store.transaction('default', (graph) => {
    const ann = graph.createNode(
      ['Person', 'Admin'],
      new Map([...named('Ann'), ['tags', { type: 'array', items: [] }]]),
    )
    const bob = graph.createNode(['Person'], named('Bob'))
    graph.createEdge('KNOWS', ann.id, bob.id, numbered(2020))
  })
  clock.nowTimeUs = START_US + 5_000_000
  await store.transaction('default', (graph) => graph.updateNode(2, ['Person'], named('Robert')))

  const state = openDisk(path)
  expect([state.codec?.name, state.damages]).toEqual(['samyama B', []])
  const common = { tenant: 'default', source: null, target: null }
  expect(decodedRows(state, 'nodes')).toEqual([
    {
      ...common,
      type: 'node',
      id: '1',
      labels: ['Admin', 'Person'],
      properties: [
        { name: 'name', type: 'string', text: '"Ann"' },
        { name: 'tags', type: 'array', text: '[]' },
      ],
      createdAtMs: START_US / 1000,
      updatedAtMs: START_US / 1000,
    },
    {
      ...common,
      type: 'node',
      id: '2',
      labels: ['Person'],
      properties: [{ name: 'name', type: 'string', text: '"Robert"' }],
      createdAtMs: START_US / 1000,
      updatedAtMs: START_US / 1000 + 5000,
    },
  ])
  expect(decodedRows(state, 'edges')).toEqual([
    {
      type: 'edge',
      id: '1',
      tenant: 'default',
      labels: ['KNOWS'],
      source: '1',
      target: '2',
      properties: [{ name: 'number', type: 'integer', text: '2020' }],
      createdAtMs: START_US / 1000,
      updatedAtMs: null,
    },
  ])
})

const upperHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex').toUpperCase()
const inHex = (rows: [Uint8Array, Uint8Array][]) => rows.map((row) => row.map(upperHex))
const families = ['default', 'nodes', 'edges', 'indices']

/** Chains of nodes; one node and its edge are deleted. */
async function writeChains(store: GraphStore, count: number): Promise<void> {
  await store.transaction('default', (graph) => {
    for (let index = 0; index < count; index += 1) {
      const { id } = graph.createNode(['L'], numbered(index))
      graph.createEdge('T', id, 1, none)
    }
  })
}

test("RocksDB's own tool reads the same rows from the same families of the log", async (context) => {
  skipWithoutRocksdbTools(context)
  const path = join(tempDir(), 'graph')
  const store = await openStore(context, path)
  await writeChains(store, 300)
  await store.transaction('default', (graph) => {
    graph.deleteEdge(7)
    graph.deleteNode(7)
  })
  await store.close()
  const state = openDisk(path)
  const ours = families.map((family) => inHex(rawRows(state, family)))
  const theirs: string[][][] = []
  for (const family of families) theirs.push(await scanWithOlderLdb(path, family))
  expect(ours).toEqual(theirs)
  expect(ours.map(({ length }) => length)).toEqual([1, 299, 299, 0])
})

/** The installed tool may be older than the library, and then knows less options. */
async function scanWithOlderLdb(path: string, family: string): Promise<string[][]> {
  const output = await runLdb([
    `--db=${path}`,
    '--hex',
    `--column_family=${family}`,
    '--ignore_unknown_options',
    'scan',
  ])
  return [...output.matchAll(/^0x([0-9A-F]*) : 0x([0-9A-F]*)$/gm)].map(([, key = '', value = '']) => [key, value])
}

test('the library itself reads the same rows from tables and logs', async (context) => {
  const path = join(tempDir(), 'graph')
  const store = await openStore(context, path)
  await writeChains(store, 300)
  await store.flush()
  await store.transaction('default', (graph) => {
    graph.deleteEdge(7)
    graph.deleteNode(7)
  })
  await writeChains(store, 20)
  await store.close()
  const state = openDisk(path)
  const ours = families.map((family) => inHex(rawRows(state, family)))
  const native = await openNativeDatabase(path, { families: { nodes: {}, edges: {}, indices: {} } })
  const theirs: string[][][] = []
  for (const family of families) theirs.push(await rowsOfNative(native.family(family)))
  expect(ours).toEqual(theirs)
  expect(ours.map(({ length }) => length)).toEqual([1, 319, 319, 0])
})

test('each query is one commit with its exact time, counts and sequences, over restarts and flushes', async (context) => {
  const path = join(tempDir(), 'graph')
  const clock = new HandClock(START_US)
  const told: (number | null)[][] = []
  const note = ({
    commit,
  }: {
    commit: { firstSequence: number; lastSequence: number; committedAtUs: number } | null
  }) => told.push([commit?.firstSequence ?? null, commit?.lastSequence ?? null, commit?.committedAtUs ?? null])
  for (const step of [1, 2, 3, 4]) {
    const store = await openStore(context, path, { clock })
    expect(store.lastSequence).toBe(told.at(-1)?.[1] ?? 0)
    // the clock stands, goes on, and is set back by ten seconds
    clock.nowTimeUs = START_US + [0, 0, 1_000_000, 50_000_000, -10_000_000][step]!
    for (const size of [1, 3, 0, 2]) {
      const answer = await store.transaction('default', (graph) => {
        for (let index = 0; index < size; index += 1) graph.createNode([], none)
        if (size === 3) graph.deleteNode(graph.createNode([], none).id)
        if (size === 2) graph.deleteNode(1 + 7 * (step - 1))
      })
      if (size > 0) note(answer)
      else expect(answer.commit).toBeNull()
    }
    if (step === 2) await store.flush()
    expect(store.lastSequence).toBe(told.at(-1)?.[1])
    await store.close()
  }
  const commits = allCommits(path)
  expect(
    commits.map(({ firstSequence, lastSequence, committedAtUs }) => [firstSequence, lastSequence, committedAtUs]),
  ).toEqual(told)
  expect(commits.map(({ putCount, deleteCount }) => [putCount, deleteCount])).toEqual(
    Array.from({ length: 4 }, () => [
      [1, 0],
      [3, 0],
      [2, 1],
    ]).flat(),
  )
  const times = commits.map(({ committedAtUs }) => committedAtUs! - START_US)
  expect(times).toEqual([
    0,
    1,
    2,
    1_000_000,
    1_000_001,
    1_000_002,
    50e6,
    50e6 + 1,
    50e6 + 2,
    50e6 + 3,
    50e6 + 4,
    50e6 + 5,
  ])
})

test('a clock that was set back is reported, and the times of commits ascend', async (context) => {
  const path = join(tempDir(), 'graph')
  const clock = new HandClock(START_US)
  const steps: number[] = []
  const store = await openStore(context, path, { clock, onClockStep: (backUs) => steps.push(backUs) })
  const create = () => store.transaction('default', (graph) => void graph.createNode([], none))
  await create()
  clock.nowTimeUs -= 3_600_000_000
  await create()
  const { commit } = await create()
  expect([steps, commit?.committedAtUs, store.lastCommitAtUs]).toEqual([[3_600_000_000], START_US + 2, START_US + 2])
})

test('every instant between two commits shows the graph of then', async (context) => {
  const path = join(tempDir(), 'graph')
  const store = await openStore(context, path)
  const sequences: number[] = []
  for (let index = 0; index < 30; index += 1) {
    const { commit } = await store.transaction('default', (graph) => {
      graph.createNode(['L'], none)
      graph.createNode(['L'], none)
      if (index > 0) graph.deleteNode(2 * index - 1)
    })
    sequences.push(commit!.lastSequence)
  }
  const rows = sequences.map((sequence) => decodedRows(openDisk(path, sequence), 'nodes').length)
  expect(rows).toEqual(Array.from({ length: 30 }, (_, index) => index + 2))
})

describe('several graphs', () => {
  test('live in one database without seeing each other, and one is deleted in one commit', async (context) => {
    const path = join(tempDir(), 'graph')
    const store = await openStore(context, path)
    for (const name of ['default', 'shop', 'shop 2']) {
      await store.transaction(name, (graph) => {
        const { id } = graph.createNode([name], named(name))
        graph.createEdge('SELF', id, id, none)
      })
    }
    expect(store.read('not there', (graph) => graph.nodeCount(null))).toBe(0)
    expect(store.graphNames()).toEqual(['default', 'shop', 'shop 2'])
    const commit = await store.deleteGraph('shop')
    expect(commit.lastSequence - commit.firstSequence).toBe(2)
    expect(store.graphNames()).toEqual(['default', 'shop 2'])
    // ids of a deleted graph are not used again
    await store.transaction('shop', (graph) => void graph.createNode(['new'], none))
    await store.close()

    const again = await openStore(context, path)
    const content = again
      .graphNames()
      .map((name) => [name, again.read(name, (graph) => [...graph.nodes(null)].map(plainNode))])
    const node = (id: number, label: string) => ({
      id,
      labels: [label],
      properties: { name: { type: 'string', value: label } },
    })
    expect(content).toEqual([
      ['default', [node(1, 'default')]],
      ['shop', [{ id: 2, labels: ['new'], properties: {} }]],
      ['shop 2', [node(1, 'shop 2')]],
    ])
    expect(decodedRows(openDisk(path), 'edges').map((row) => row?.tenant)).toEqual(['default', 'shop 2'])
    await expect(again.deleteGraph('gone')).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })
})

test('a query that must not write writes nothing', async (context) => {
  const path = join(tempDir(), 'graph')
  const store = await openStore(context, path)
  expect(() => store.read('default', (graph) => graph.createNode([], none))).toThrow(
    expect.objectContaining({ code: 'BAD_REQUEST' }),
  )
  await expect(store.transaction('a:b', () => 1)).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  expect([store.lastSequence, store.graphNames()]).toEqual([0, ['default']])
})

test('logs that are not needed any more are kept in archive/', async (context) => {
  const path = join(tempDir(), 'graph')
  const store = await openStore(context, path, { walTtlSeconds: 3600, flushAfterBytes: 20_000 })
  for (let index = 0; index < 400; index += 1) {
    await store.transaction('default', (graph) => void graph.createNode([], named('x'.repeat(200))))
  }
  await store.close()
  expect(readdirSync(join(path, 'archive')).length).toBeGreaterThan(2)
  const commits = allCommits(path)
  expect([commits.length, commits.at(-1)?.lastSequence]).toEqual([400, 800])
})

test('a database that another store has open is refused, unharmed', async (context) => {
  const path = join(tempDir(), 'graph')
  const store = await openStore(context, path)
  await expect(openStore(context, path)).rejects.toMatchObject({ code: 'DATABASE_UNUSABLE', facts: { subject: path } })
  await store.transaction('default', (graph) => void graph.createNode([], none))
  expect(store.lastSequence).toBe(2)
})

test('a query whose commit could not be read again is refused and undone, and the next one runs', async (context) => {
  const path = join(tempDir(), 'graph')
  const store = await openStore(context, path, { commitBytesMax: 10_000 })
  const create = (sizeBytes: number) =>
    store.transaction('default', (graph) => void graph.createNode(['L'], named('x'.repeat(sizeBytes))))
  await expect(create(10_000)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
  await create(9000)
  expect(store.read('default', (graph) => [...graph.nodes(null)].map(({ id }) => id))).toEqual([1])
  await store.close()
  await expect(create(1)).rejects.toMatchObject({ code: 'STOPPED', facts: { message: 'the database is closed' } })
  expect(allCommits(path)).toMatchObject([{ firstSequence: 1, lastSequence: 2, putCount: 1 }])
})
