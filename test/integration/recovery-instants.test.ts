// Goal: whatever the history and whatever instant is asked for, the restored database is what a model says it was then. Method:
// random queries on a sandbox and on a model, backups in between; random points; our reader and RocksDB itself look at each result.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { RecoveryTarget } from '#contract'
import { createSandbox, type RunningSandbox } from '../../src-main/core/create-sandbox.ts'
import { Random } from '../../src-main/sandbox/demo/random.ts'
import { GraphStore } from '../../src-main/sandbox/store/graph-store.ts'
import { inRun, printedSeed } from '../support/long-run.ts'
import { stateOfDatabase } from '../support/repository-states.ts'
import { skipWithoutRocksdbNative } from '../support/rocksdb-native.ts'
import { tempDir } from '../support/temp-dir.ts'
import { contentOf, ModelGraph } from '../unit/sandbox/store/model-graph.ts'
import { modelLabels, PlannedFailure, queries, runQuery } from '../unit/sandbox/store/random-query.ts'

const workerEntry = new URL('../../src-main/workers/worker-main.ts', import.meta.url)
const COMMITS = 150
const INSTANTS = inRun({ short: 30, long: 1000 })

type Instant = {
  readonly firstSequence: number
  readonly lastSequence: number
  readonly committedAtUs: number
  readonly model: ModelGraph
}

async function startSandbox(): Promise<RunningSandbox> {
  const folder = tempDir()
  const sandbox = await createSandbox({
    version: '0',
    dataPath: join(folder, 'data'),
    repositoryPath: join(folder, 'repo'),
    workerEntry,
    listen: { host: '127.0.0.1', port: 0 },
    users: [],
    tls: null,
    isInsecure: false,
    rateLimitBytesPerSecond: 0,
    metrics: null,
    logLevel: 'silent',
    isSynchronous: false,
    random: () => 0,
    onLost: (failure) => {
      throw failure
    },
  })
  onTestFinished(() => sandbox.close())
  return sandbox
}

/** Random commits with full and incremental backups among them; what the graph was after each. */
async function writeHistory(sandbox: RunningSandbox, random: Random, seed: number): Promise<Instant[]> {
  const history: Instant[] = []
  let model = new ModelGraph()
  for (const query of fc.sample(queries, { seed, numRuns: COMMITS }).flat()) {
    if (history.length === COMMITS) break
    const before = model.copy()
    try {
      const { commit } = await sandbox.store.transaction('default', (graph) => runQuery(graph, model, query))
      if (commit !== null) history.push({ ...commit, model: model.copy() })
    } catch (failure) {
      if (!(failure instanceof PlannedFailure)) throw failure
      model = before
    }
    const isFirst = history.length === 3 && (await sandbox.agent.list({ limit: 1, beforeId: null })).length === 0
    if (isFirst || random.integer(25) === 0) {
      const kind = isFirst || random.integer(2) === 0 ? 'full' : null
      await sandbox.agent.create({ kind, label: null, isAsync: false })
    }
  }
  return history
}

/** A point, and the last commit that it keeps. */
function randomPoint(history: readonly Instant[], random: Random): { target: RecoveryTarget; kept: Instant } {
  for (;;) {
    const at = history[random.integer(history.length)]!
    const sequence = at.firstSequence + random.integer(at.lastSequence - at.firstSequence + 1)
    const timeUs = at.committedAtUs + (random.integer(3) - 1) * random.integer(3)
    const isInclusive = random.integer(2) === 0
    const choices: { target: RecoveryTarget; kept: Instant | undefined }[] = [
      { target: { kind: 'sequence', sequence }, kept: history.findLast((each) => each.lastSequence <= sequence) },
      { target: { kind: 'before', sequence }, kept: history.findLast((each) => each.lastSequence < at.firstSequence) },
      {
        target: { kind: 'time', timeUs, isInclusive },
        kept: history.findLast(({ committedAtUs }) => (isInclusive ? committedAtUs <= timeUs : committedAtUs < timeUs)),
      },
      { target: { kind: 'latest' }, kept: history.at(-1) },
    ]
    // the newest state is asked for now and then
    const { target, kept } = choices[random.integer(10) === 0 ? 3 : random.integer(3)]!
    if (kept !== undefined) return { target, kept }
  }
}

test(
  `${INSTANTS} random points of a random history: the restored database equals the model at each`,
  async (context) => {
    skipWithoutRocksdbNative(context)
    const seed = printedSeed('random points')
    const random = new Random(seed)
    const sandbox = await startSandbox()
    const history = await writeHistory(sandbox, random, seed)
    const [firstFull] = (await sandbox.agent.list({ limit: 1000, beforeId: null }))
      .filter(({ kind }) => kind === 'full')
      .slice(-1)
    const reachable = history.filter(({ lastSequence }) => lastSequence >= firstFull!.lastSequence!)
    expect(reachable.length).toBeGreaterThan(COMMITS / 2)
    const folder = tempDir()
    const durationsUs: number[] = []
    for (let count = 0; count < INSTANTS; count += 1) {
      const { target, kept } = randomPoint(reachable, random)
      const targetPath = join(folder, `restored-${count}`)
      const startedMs = performance.now()
      const { report } = await sandbox.agent.restore({ target, targetPath, isDryRun: false })
      durationsUs.push((performance.now() - startedMs) * 1000)
      expect([target, report?.proof.lastSequence, report?.proof.isEqual]).toEqual([target, kept.lastSequence, true])
      const { nodes, edges, lastSequence } = stateOfDatabase(targetPath)
      const ids = (items: ReadonlyMap<number, unknown>) =>
        [...items.keys()].toSorted((left, right) => left - right).map(String)
      expect([target, lastSequence, nodes.map(({ id }) => id), edges.map(({ id }) => id)]).toEqual([
        target,
        kept.lastSequence,
        ids(kept.model.nodes),
        ids(kept.model.edges),
      ])
      const store = await GraphStore.open(targetPath)
      try {
        const content = store.read('default', (graph) => contentOf(graph, modelLabels))
        expect([target, content]).toEqual([target, kept.model.content(modelLabels)])
      } finally {
        await store.close()
      }
      rmSync(targetPath, { recursive: true })
    }
    const sorted = durationsUs.toSorted((left, right) => left - right)
    console.info(`a restore took ${Math.round(sorted[sorted.length >> 1]! / 1000)} ms in the middle of ${INSTANTS}`)
  },
  inRun({ short: 120_000, long: 1_800_000 }),
)
