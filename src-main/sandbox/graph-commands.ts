import { performance } from 'node:perf_hooks'
import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import type { Command } from '../resp/command-table.ts'
import { array, bulk, integer, nullReply, okReply, type Reply } from '../resp/reply.ts'
import { type ReplyCell, replyOf } from './cypher/reply-shape.ts'
import { type QueryResult, runQuery } from './cypher/run-query.ts'
import { isWriting } from './cypher/syntax/check-clauses.ts'
import { parseQuery } from './cypher/syntax/parse-query.ts'
import type { Graph } from './graph/graph.ts'
import type { GraphStore } from './store/graph-store.ts'

/** a query of a small server: everybody else waits for it */
const QUERY_MS_MAX = 60_000
const QUERY_LIMITS = { rowsMax: 100_000, expansionsMax: 50_000_000 }
/** clients send them in front of the query, as CYPHER name=value */
const NO_PARAMETERS = new Map()

export type GraphCommandOptions = {
  /** asked at each command: another may have taken its place */
  readonly store: () => GraphStore
  readonly clock: Clock
  /** 0 ≤ x < 1, for rand() */
  readonly random: () => number
}

/** GRAPH.QUERY and its relatives, in the shapes of docs/formats/samyama.md §4. */
export function graphCommands(options: GraphCommandOptions): Command[] {
  const command = (name: string, arity: number, summary: string, flags: string[], run: Command['run']): Command => {
    return { name, arity, summary, group: 'graph', flags, run }
  }
  return [
    command('GRAPH.QUERY', -3, 'Runs a query on a graph.', ['write'], (args) => runOn(args, options, false)),
    command('GRAPH.RO_QUERY', -3, 'Runs a query that only reads.', ['readonly'], (args) => runOn(args, options, true)),
    command('GRAPH.LIST', 1, 'The names of the graphs.', ['readonly'], () =>
      array(options.store().graphNames().map(bulk)),
    ),
    command('GRAPH.DELETE', 2, 'Deletes a whole graph.', ['write'], async ([name]) => {
      await options.store().deleteGraph(textOf(name))
      return okReply
    }),
  ]
}

async function runOn(args: readonly Uint8Array[], options: GraphCommandOptions, isReadOnly: boolean): Promise<Reply> {
  const { clock, random } = options
  const store = options.store()
  const graphName = textOf(args[0])
  const query = parseQuery(textOf(args[1]))
  const endsAtMs = performance.now() + QUERY_MS_MAX
  const checkpoint = () => {
    if (performance.now() > endsAtMs) throw tooLong()
  }
  const run = (graph: Graph) =>
    runQuery(query, {
      graph,
      parameters: NO_PARAMETERS,
      nowUs: clock.nowUs(),
      random,
      limits: { ...QUERY_LIMITS, checkpoint },
    })
  if (!isWriting(query)) return toReply(store.read(graphName, run))
  if (isReadOnly) throw writesInReadOnly()
  const { result } = await store.transaction(graphName, run)
  return toReply(result)
}

function toReply(result: QueryResult): Reply {
  return cellReply(replyOf(result))
}

function cellReply(cell: ReplyCell): Reply {
  switch (cell.kind) {
    case 'bulk':
      return bulk(cell.text)
    case 'integer':
      return integer(cell.value)
    case 'null':
      return nullReply
    case 'array':
      return array(cell.items.map(cellReply))
  }
}

function textOf(word: Uint8Array | undefined): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(word)
  } catch (cause) {
    throw new AppError(
      'BAD_REQUEST',
      { message: 'a query and a name are UTF-8', unharmed: 'Nothing was changed.' },
      { cause },
    )
  }
}

function writesInReadOnly(): AppError {
  return new AppError('BAD_REQUEST', {
    message: 'the query changes the graph, and GRAPH.RO_QUERY only reads',
    unharmed: 'Nothing was changed.',
    nextStep: 'Use GRAPH.QUERY.',
  })
}

function tooLong(): AppError {
  return new AppError('LIMIT_EXCEEDED', {
    message: `the query ran for ${QUERY_MS_MAX / 1000} seconds`,
    unharmed: 'Nothing was changed.',
    nextStep: 'Do it in several queries.',
  })
}
