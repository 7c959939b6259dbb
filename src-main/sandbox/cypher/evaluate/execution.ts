import { AppError } from '#base/app-error.ts'
import type { Graph, GraphEdge, GraphNode } from '../../graph/graph.ts'
import { queryError } from '../syntax/query-error.ts'
import type { CypherValue, EdgeValue, NodeValue } from '../values/value.ts'
import { ValueProblem } from '../values/value-problem.ts'

/** Expansions between two checkpoints. */
const CHECKPOINT_EXPANSIONS = 1024

export type QueryLimits = {
  /** rows of the answer */
  readonly rowsMax: number
  /** nodes and relationships looked at, and rows made of lists: bounds time and memory of everything between */
  readonly expansionsMax: number
  /** called every thousand expansions or so: throws when the query has run too long or must stop */
  readonly checkpoint: () => void
}

export type QueryOptions = {
  readonly graph: Graph
  readonly parameters: ReadonlyMap<string, CypherValue>
  /** microseconds since 1970 UTC: the time of the whole query */
  readonly nowUs: number
  /** from 0 up to, not including, 1 */
  readonly random: () => number
  readonly limits: QueryLimits
}

export type ChangeCounts = {
  nodesCreated: number
  nodesDeleted: number
  edgesCreated: number
  edgesDeleted: number
  propertiesSet: number
  labelsAdded: number
  labelsRemoved: number
}

/** One run of one query: its surroundings, what it has changed, and how much it has looked at. */
export class Execution {
  readonly text: string
  readonly options: QueryOptions
  readonly graph: Graph
  readonly counts: ChangeCounts = {
    nodesCreated: 0,
    nodesDeleted: 0,
    edgesCreated: 0,
    edgesDeleted: 0,
    propertiesSet: 0,
    labelsAdded: 0,
    labelsRemoved: 0,
  }
  #hasChanged = false
  #expansions = 0

  constructor(text: string, options: QueryOptions) {
    this.text = text
    this.options = options
    this.graph = options.graph
  }

  /** From the first change on, what was read before it is not trusted. */
  markChanged(): void {
    this.#hasChanged = true
  }

  get hasChanged(): boolean {
    return this.#hasChanged
  }

  /** @throws AppError LIMIT_EXCEEDED, or what the checkpoint throws */
  expand(): void {
    this.#expansions += 1
    if (this.#expansions % CHECKPOINT_EXPANSIONS === 0) this.options.limits.checkpoint()
    if (this.#expansions > this.options.limits.expansionsMax)
      throw new AppError('LIMIT_EXCEEDED', {
        message: `the query looked at more than ${this.options.limits.expansionsMax} nodes, relationships and rows`,
        nextStep: 'Narrow the pattern, or run the query in parts.',
      })
  }

  /** @throws ValueProblem when it is gone */
  node(value: NodeValue): GraphNode {
    const node = this.#hasChanged || value.snapshot === null ? this.graph.node(value.id) : value.snapshot
    if (node === null) throw new ValueProblem(`node ${value.id} does not exist, or no longer`)
    return node
  }

  /** @throws ValueProblem when it is gone */
  edge(value: EdgeValue): GraphEdge {
    const edge = this.#hasChanged || value.snapshot === null ? this.graph.edge(value.id) : value.snapshot
    if (edge === null) throw new ValueProblem(`relationship ${value.id} does not exist, or no longer`)
    return edge
  }

  error(at: number, message: string, options?: ErrorOptions): AppError {
    return queryError(this.text, at, message, options)
  }

  /** Runs an operation on values and gives its problem a place. */
  located<Result>(at: number, operation: () => Result): Result {
    try {
      return operation()
    } catch (error) {
      if (error instanceof ValueProblem) throw this.error(at, error.message, { cause: error })
      throw error
    }
  }
}
