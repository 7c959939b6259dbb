import { createHash } from 'node:crypto'
import { type FileLayer, nodeFileLayer } from '#base/file-layer.ts'
import type { LostReader } from '../read-lost.ts'
import { ReplayJournal, type RowsKind } from './journal.ts'
import { integerIn, type LiveGraph } from './live-graph.ts'
import { type IdRange, Marker } from './marker.ts'
import { reconcile, removeLate } from './reconcile.ts'
import { ask, type ReplayContext, type ReplayProgress } from './replay-context.ts'
import { emptyCounts, type ReplayCounts } from './replay-counts.ts'
import { restoreEdges } from './restore-edges.ts'
import { restoreNodes } from './restore-nodes.ts'
import { takeRunLock } from './run-lock.ts'
import { setBack } from './set-back.ts'
import { setLabels } from './set-labels.ts'

const UNMARKED_ROWS = 20_000
const UNDO_ID_DIGITS = 16

export type ReplayOptions = {
  readonly lost: LostReader
  readonly live: LiveGraph
  /** the graph on the server */
  readonly graph: string
  /** tells undos of this database on this server from all others */
  readonly undoId: string
  /** where its journal lies */
  readonly journalFolder: string
  readonly isForced: boolean
  readonly onProgress?: (progress: ReplayProgress) => void
  readonly checkpoint?: () => void
  readonly layer?: FileLayer
}

/** The id of undos, from what tells the database and the graph on a server: which part of a loss is undone does not matter. */
export function undoIdOf(facts: object): string {
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, UNDO_ID_DIGITS)
}

/**
 * What a replay would do now. The server is only asked.
 * @throws AppError what the server and the journal throw; whatever `checkpoint` throws
 */
export async function previewReplay(options: ReplayOptions): Promise<ReplayCounts> {
  const journal = ReplayJournal.read(options.journalFolder, options.layer ?? nodeFileLayer)
  const context = contextOf(options, journal, false)
  for (const kind of ['nodes', 'edges'] as const) await reconcile(context, kind)
  await makeAll(context)
  return context.counts
}

/**
 * Brings back on a live server what was lost: nodes, then edges, then changed properties and labels. It may be run again after any
 * failure, and goes on where it was; what is done already is not done a second time.
 * @throws AppError OUTCOME_UNKNOWN, SERVER_UNREACHABLE, SERVER_FAILED, TARGET_BUSY, DAMAGED, DISK_FULL; whatever
 * `checkpoint` throws
 */
export async function replayLost(options: ReplayOptions): Promise<ReplayCounts> {
  const layer = options.layer ?? nodeFileLayer
  const giveBack = takeRunLock(options.journalFolder, layer)
  const journal = ReplayJournal.read(options.journalFolder, layer)
  try {
    const context = contextOf(options, journal, true)
    const doubtful: Record<RowsKind, readonly IdRange[]> = {
      nodes: journal.doubtful('nodes'),
      edges: journal.doubtful('edges'),
    }
    journal.start()
    for (const kind of ['nodes', 'edges'] as const) await reconcile(context, kind)
    await makeAll(context)
    // nodes last: an edge of a second copy goes before it
    for (const kind of ['edges', 'nodes'] as const) await removeLate(context, kind, doubtful[kind])
    for (const kind of ['nodes', 'edges'] as const) await unmark(context, kind)
    return context.counts
  } finally {
    journal.close()
    giveBack()
  }
}

async function makeAll(context: ReplayContext): Promise<void> {
  await restoreNodes(context)
  await restoreEdges(context)
  await setBack(context)
  await setLabels(context)
}

async function unmark(context: ReplayContext, kind: RowsKind): Promise<void> {
  if (context.journal.made[kind].size === 0) return
  for (let doneCount = 0; ; ) {
    const [row] = await ask(context, context.marker.removeQuery(kind, UNMARKED_ROWS))
    const count = Number(integerIn(row?.[0]) ?? 0n)
    doneCount += count
    context.onProgress({ phase: 'marks', doneCount })
    if (count < UNMARKED_ROWS) return
  }
}

function contextOf(options: ReplayOptions, journal: ReplayJournal, isWriting: boolean): ReplayContext {
  const { lost, live, graph, undoId, isForced, onProgress = () => {}, checkpoint = () => {} } = options
  const counts = emptyCounts()
  const marker = new Marker(undoId)
  const remade = new Set<bigint>()
  return { lost, live, graph, marker, journal, counts, remade, isWriting, isForced, onProgress, checkpoint }
}
