import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempDir } from '../../support/temp-dir.ts'
import { allCommits, openDisk, rowCount } from './support/disk-state.ts'
import { none, numbered, openStore } from './support/open-store.ts'

const NODES = 100_000
const NODES_PER_COMMIT = 20_000

test('a hundred thousand nodes deleted by one query are one commit, which is there as a whole or not at all', async (context) => {
  const path = join(tempDir(), 'graph')
  const store = await openStore(context, path)
  for (let done = 0; done < NODES; done += NODES_PER_COMMIT) {
    await store.transaction('default', (graph) => {
      for (let index = 0; index < NODES_PER_COMMIT; index += 1) graph.createNode(['Row'], numbered(done + index))
    })
  }
  const before = store.lastSequence
  const { commit } = await store.transaction('default', (graph) => {
    for (const node of graph.nodes(null)) graph.deleteNode(node.id)
  })
  await store.transaction('default', (graph) => void graph.createNode(['After'], none))
  await store.close()

  expect(commit).toEqual({
    firstSequence: before + 1,
    lastSequence: before + 1 + NODES,
    committedAtUs: expect.any(Number),
  })
  const commits = allCommits(path).slice(-2)
  expect(commits).toEqual([
    {
      ...commit,
      putCount: 0,
      deleteCount: NODES,
      rangeDeleteCount: 0,
      mergeCount: 0,
      sizeBytes: expect.any(Number),
    },
    expect.objectContaining({ firstSequence: before + 2 + NODES, putCount: 1, deleteCount: 0 }),
  ])
  expect(rowCount(openDisk(path, before), 'nodes')).toBe(NODES)
  // an instant inside of the commit is the one before it
  expect(rowCount(openDisk(path, before + NODES), 'nodes')).toBe(NODES)
  expect(rowCount(openDisk(path, before + 1 + NODES), 'nodes')).toBe(0)

  const again = await openStore(context, path)
  expect(again.read('default', (graph) => [...graph.nodes(null)].map(({ id }) => id))).toEqual([NODES + 1])
}, 120_000)
