import type { Graph } from '../graph/graph.ts'
import { DEFAULT_GRAPH } from '../store/graph-name.ts'
import type { GraphStore } from '../store/graph-store.ts'

/** enough to keep RocksDB at work, little enough to hold in memory */
const COMMITS_AHEAD = 64

/** Writes commits with times of the past, each later than the one before. */
export class History {
  commitCount = 0
  readonly #store: GraphStore
  #writing: Promise<unknown>[] = []

  constructor(store: GraphStore) {
    this.#store = store
  }

  /** @param timeUs moved forward when the last commit is not before it */
  async commit<Result>(timeUs: number, query: (graph: Graph, nowMs: number) => Result): Promise<Result> {
    const committedAtUs = Math.max(timeUs, this.#store.lastCommitAtUs + 1)
    const results: Result[] = []
    const writing = this.#store.transaction(
      DEFAULT_GRAPH,
      (graph) => void results.push(query(graph, Math.floor(committedAtUs / 1000))),
      { committedAtUs },
    )
    this.commitCount += 1
    // a failure is told by settle(), and must not count as unheard of until then
    writing.catch(() => {})
    this.#writing.push(writing)
    // the query has run by now; when it failed, this is where it is told
    if (results.length === 0 || this.#writing.length >= COMMITS_AHEAD) await this.settle()
    return results[0] as Result
  }

  async settle(): Promise<void> {
    await Promise.all(this.#writing.splice(0))
  }
}
