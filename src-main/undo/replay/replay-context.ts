import type { LostReader } from '../read-lost.ts'
import type { ReplayJournal } from './journal.ts'
import type { Answer, LiveGraph } from './live-graph.ts'
import type { Marker } from './marker.ts'
import { CONFLICTS_SHOWN_MAX, type ReplayCounts } from './replay-counts.ts'

export type ReplayPhase = 'nodes' | 'edges' | 'properties' | 'marks'
export type ReplayProgress = { readonly phase: ReplayPhase; readonly doneCount: number }

export type ReplayContext = {
  readonly lost: LostReader
  readonly live: LiveGraph
  /** the graph on the server */
  readonly graph: string
  readonly marker: Marker
  readonly journal: ReplayJournal
  readonly counts: ReplayCounts
  /** old ids of nodes that an earlier run made, and that this one makes again: they were deleted since */
  readonly remade: Set<bigint>
  /** false: the server is only asked */
  readonly isWriting: boolean
  /** true: what was changed or deleted since comes back as well, and a node whose id was given to another one */
  readonly isForced: boolean
  readonly onProgress: (progress: ReplayProgress) => void
  /** called between queries: may throw to stop; a later run goes on from there */
  readonly checkpoint: () => void
}

export function ask({ live, graph, checkpoint }: ReplayContext, cypher: string): Promise<Answer> {
  checkpoint()
  return live.query(graph, cypher)
}

export function noteConflict({ counts }: ReplayContext, sentence: string): void {
  if (counts.conflicts.length < CONFLICTS_SHOWN_MAX) counts.conflicts.push(sentence)
}
