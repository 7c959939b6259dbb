import { AppError } from '#base/app-error.ts'
import type { Graph } from '../graph/graph.ts'
import { DEFAULT_GRAPH } from '../store/graph-name.ts'
import type { GraphStore } from '../store/graph-store.ts'
import { businessTimes, doBusiness } from './business-days.ts'
import { demoAmounts } from './demo-amounts.ts'
import { History } from './history.ts'
import { importParties } from './import-parties.ts'
import { Random } from './random.ts'

const MINUTE_US = 60_000_000
const HISTORY_US = 30 * 1440 * MINUTE_US
/** room for the accident and what is written after it */
const ENDS_BEFORE_NOW_US = 15 * MINUTE_US

export type DemoOptions = {
  /** the present: the history ends a little before it; Unix microseconds */
  readonly nowUs: number
  /** one seed is one history */
  readonly seed: number
}

export type SeedOptions = DemoOptions & {
  /** 1: more than 20,000 nodes and 50,000 edges; or a smaller part of them */
  readonly scale?: number
  /** called after each commit of business is on its way, for progress and for backups in between */
  readonly afterCommit?: (doneCount: number, totalCount: number) => Promise<void>
}

export type DemoSummary = {
  readonly nodeCount: number
  readonly edgeCount: number
  readonly commitCount: number
  readonly lastCommitAtUs: number
}

/**
 * Fills an empty store with a graph of customers, accounts, merchants and payments, in thousands of commits over the last
 * month: an import, then days with busy and quiet hours.
 * @throws AppError BAD_REQUEST when the store holds something; READ_ONLY
 */
export async function seedDemo(
  store: GraphStore,
  { nowUs, seed, scale = 1, afterCommit }: SeedOptions,
): Promise<DemoSummary> {
  if (store.lastSequence > 0) throw notEmpty(store.path)
  const random = new Random(seed)
  const amounts = demoAmounts(scale)
  const history = new History(store)
  const parties = await importParties(history, random, amounts, nowUs - HISTORY_US)
  const times = businessTimes(random, amounts.commits, store.lastCommitAtUs, nowUs - ENDS_BEFORE_NOW_US)
  for (const [index, timeUs] of times.entries()) {
    await history.commit(timeUs, (graph, nowMs) => doBusiness(graph, random, parties, { amounts, index, nowMs }))
    await afterCommit?.(index + 1, times.length)
  }
  await history.settle()
  const { nodeCount, edgeCount } = store.read(DEFAULT_GRAPH, countAll)
  return { nodeCount, edgeCount, commitCount: history.commitCount, lastCommitAtUs: store.lastCommitAtUs }
}

function countAll(graph: Graph): { readonly nodeCount: number; readonly edgeCount: number } {
  let edgeCount = 0
  for (const node of graph.nodes(null)) for (const _ of graph.edgesOf(node.id, 'out', [])) edgeCount += 1
  return { nodeCount: graph.nodeCount(null), edgeCount }
}

function notEmpty(path: string): AppError {
  return new AppError('BAD_REQUEST', {
    message: 'the demonstration graph needs an empty database',
    subject: path,
    unharmed: 'Nothing was changed.',
    nextStep: 'Choose a new directory.',
  })
}
