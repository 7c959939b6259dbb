// Goal: the graph in memory, the rows on the disk and a plain model agree whatever queries do and however they fail.
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GraphStore } from '../../../src-main/sandbox/store/graph-store.ts'
import { skipWithoutRocksdbNative } from '../../support/rocksdb-native.ts'
import { tempDir } from '../../support/temp-dir.ts'
import { contentOf, ModelGraph } from '../../unit/sandbox/store/model-graph.ts'
import { modelLabels, PlannedFailure, queries, runQuery } from '../../unit/sandbox/store/random-query.ts'
import { allCommits, decodedRows, openDisk } from './support/disk-state.ts'

test('random queries, some of which fail: memory, disk and model agree, now and after a restart', async (context) => {
  skipWithoutRocksdbNative(context)
  const folder = tempDir()
  let round = 0
  const property = fc.asyncProperty(queries, fc.boolean(), async (all, isFlushed) => {
    round += 1
    const path = join(folder, `graph-${round}`)
    const store = await GraphStore.open(path)
    let model = new ModelGraph()
    const commits: unknown[] = []
    try {
      const answers = all.map((query) => {
        const before = model.copy()
        const answer = store.transaction('default', (graph) => runQuery(graph, model, query))
        // the query has run when the call returns: the model knows whether it failed
        if (query.fails) model = before
        return answer.catch((error: unknown) => {
          if (!(error instanceof PlannedFailure)) throw error
          return { commit: null }
        })
      })
      for (const { commit } of await Promise.all(answers)) if (commit !== null) commits.push({ ...commit })
      if (isFlushed) await store.flush()
      expect(store.read('default', (graph) => contentOf(graph, modelLabels))).toEqual(model.content(modelLabels))
    } finally {
      await store.close()
    }
    const again = await GraphStore.open(path)
    try {
      expect(again.read('default', (graph) => contentOf(graph, modelLabels))).toEqual(model.content(modelLabels))
    } finally {
      await again.close()
    }
    const state = openDisk(path)
    expect(decodedRows(state, 'nodes').map((row) => row?.id)).toEqual(sortedIds(model.nodes))
    expect(decodedRows(state, 'edges').map((row) => row?.id)).toEqual(sortedIds(model.edges))
    expect(
      allCommits(path).map(({ firstSequence, lastSequence, committedAtUs }) => ({
        firstSequence,
        lastSequence,
        committedAtUs,
      })),
    ).toEqual(commits)
  })
  await fc.assert(property, { numRuns: 25 })
}, 120_000)

function sortedIds(items: ReadonlyMap<number, unknown>): string[] {
  return [...items.keys()].sort((left, right) => left - right).map(String)
}
