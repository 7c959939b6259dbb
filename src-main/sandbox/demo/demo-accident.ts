import { AppError } from '#base/app-error.ts'
import type { Graph } from '../graph/graph.ts'
import type { WrittenCommit } from '../store/commit-queue.ts'
import { DEFAULT_GRAPH } from '../store/graph-name.ts'
import type { GraphStore } from '../store/graph-store.ts'
import { History } from './history.ts'
import { createDevice, createMerchant } from './make-nodes.ts'
import { Random } from './random.ts'
import type { DemoOptions } from './seed-demo.ts'

const LATER_COMMITS = 12
/** others work on at once: what they write must not lie in the future for long */
const LATER_STEP_US = 20_000

export type AccidentOptions = DemoOptions & {
  /** what is deleted: the nodes of a label with their edges; null: everything */
  readonly label: string | null
}

export type AccidentSummary = {
  readonly commit: WrittenCommit
  readonly deletedNodeCount: number
  readonly deletedEdgeCount: number
  readonly laterCommitCount: number
}

/**
 * What somebody will want to undo: all nodes of a label are deleted with their edges, in one commit now, behind whatever
 * backups there are, and others go on working.
 * @throws AppError BAD_REQUEST when there is nothing to delete; READ_ONLY
 */
export async function demoAccident(store: GraphStore, options: AccidentOptions): Promise<AccidentSummary> {
  const { nowUs, seed, label } = options
  const committedAtUs = Math.max(nowUs, store.lastCommitAtUs + 1)
  const { result, commit } = await store.transaction(DEFAULT_GRAPH, (graph) => deleteAll(graph, label), {
    committedAtUs,
  })
  if (commit === null) throw nothingToDelete(store.path, label)
  const random = new Random(seed)
  const history = new History(store)
  for (let index = 0; index < LATER_COMMITS; index += 1) {
    const timeUs = committedAtUs + (index + 1) * LATER_STEP_US + random.integer(LATER_STEP_US / 2)
    await history.commit(timeUs, (graph, nowMs) => {
      createMerchant(graph, random)
      createDevice(graph, random, [], nowMs)
    })
  }
  await history.settle()
  return { commit, ...result, laterCommitCount: history.commitCount }
}

function deleteAll(graph: Graph, label: string | null): { deletedNodeCount: number; deletedEdgeCount: number } {
  const counts = { deletedNodeCount: 0, deletedEdgeCount: 0 }
  for (const node of graph.nodes(label)) {
    for (const edge of graph.edgesOf(node.id, 'both', [])) {
      graph.deleteEdge(edge.id)
      counts.deletedEdgeCount += 1
    }
    graph.deleteNode(node.id)
    counts.deletedNodeCount += 1
  }
  return counts
}

function nothingToDelete(path: string, label: string | null): AppError {
  return new AppError('BAD_REQUEST', {
    message: label === null ? 'the graph is empty' : `the graph has no node with the label ${label}`,
    subject: path,
    unharmed: 'Nothing was changed.',
  })
}
