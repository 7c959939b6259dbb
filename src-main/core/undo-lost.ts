import { lookup } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import { fileError } from '#base/file-error.ts'
import { nodeFileLayer } from '#base/file-layer.ts'
import type { ServerAddress } from '../servers/server-address.ts'
import { type ExportResult, exportLost, formatOf } from '../undo/export/export-lost.ts'
import { lostLine } from '../undo/export/lost-lines.ts'
import type { LostCounts, LostFilter } from '../undo/lost.ts'
import { openWindow, type Window, type WindowRequest } from '../undo/open-window.ts'
import { type LostReader, readLost } from '../undo/read-lost.ts'
import { previewReplay, replayLost, undoIdOf } from '../undo/replay/replay.ts'
import type { ReplayProgress } from '../undo/replay/replay-context.ts'
import type { ReplayCounts } from '../undo/replay/replay-counts.ts'
import { ServerGraph } from './server-graph.ts'

export type UndoRequest = {
  readonly repositoryPath: string
  readonly window: WindowRequest
  readonly filter: LostFilter
  /** on the server, and in the keys of the database */
  readonly graph: string
  /** so many of what was lost are listed */
  readonly rowCount: number
  readonly exportPath: string | null
  readonly replayTo: ServerAddress | null
  readonly isDryRun: boolean
  readonly isForced: boolean
  /** journals lie in it */
  readonly dataFolder: string
  readonly clock: Clock
  /** from here on the process waits for the server again and again, and can be told to stop */
  readonly onReplay: () => void
  readonly onProgress: (progress: ReplayProgress) => void
  readonly checkpoint: () => void
}

export type UndoReport = {
  readonly beforeSequence: number
  readonly afterSequence: number
  readonly backupId: number
  readonly lost: LostCounts
  /** lines of JSON */
  readonly rows: readonly string[]
  readonly exported: ExportResult | null
  readonly replay: (ReplayCounts & { readonly isPreview: boolean; readonly journalFolder: string }) | null
}

/**
 * Finds what was lost between two instants of a database; exports it, or brings it back on a live server.
 * @throws AppError INSTANT_NOT_COVERED, TARGET_NOT_EMPTY, OUTCOME_UNKNOWN, SERVER_UNREACHABLE, …; whatever `checkpoint` throws
 */
export async function undoLost(request: UndoRequest): Promise<UndoReport> {
  const { exportPath, checkpoint } = request
  const isForGraph = request.replayTo !== null || (exportPath !== null && formatOf(exportPath) !== 'jsonl')
  const filter = { ...request.filter, tenant: isForGraph ? request.graph : request.filter.tenant }
  const window = openWindow(request.repositoryPath, request.window, checkpoint)
  try {
    const options = { nowMs: request.clock.nowUs() / 1000, hasOneBase: true, checkpoint }
    const lost = readLost(window.before, window.after, filter, options)
    const counts = lost.counts()
    const { beforeSequence, afterSequence, backupId } = window
    return {
      beforeSequence,
      afterSequence,
      backupId,
      lost: counts,
      rows: firstRows(lost, request.rowCount),
      exported: exportPath === null || request.isDryRun ? null : await write(request, window, lost, counts, exportPath),
      replay: request.replayTo === null ? null : await replay(request, window, lost, request.replayTo),
    }
  } finally {
    window.close()
  }
}

function firstRows(lost: LostReader, count: number): string[] {
  const lines: string[] = []
  if (count === 0) return lines
  for (const row of lost.rows('all')) if (lines.push(lostLine(row).trimEnd()) === count) break
  return lines
}

function write(
  { graph, clock }: UndoRequest,
  { repositoryPath, beforeSequence, afterSequence }: Window,
  lost: LostReader,
  counts: LostCounts,
  path: string,
): Promise<ExportResult> {
  const facts = { repositoryPath, beforeSequence, afterSequence, tenant: graph, createdAtUs: clock.nowUs(), counts }
  return exportLost(lost, path, facts, nodeFileLayer)
}

async function replay(
  request: UndoRequest,
  { repositoryPath }: Window,
  lost: LostReader,
  address: ServerAddress,
): Promise<UndoReport['replay']> {
  const { graph, isForced, isDryRun, onProgress, checkpoint } = request
  // a server has several names, and one journal
  const { address: host } = await lookup(address.host).catch(() => ({ address: address.host }))
  const undoId = undoIdOf({ repositoryPath, host, port: address.port, graph })
  const journalFolder = join(request.dataFolder, 'undo', undoId)
  const live = await ServerGraph.open(address, graph)
  try {
    const options = { lost, live, graph, undoId, journalFolder, isForced, onProgress, checkpoint }
    request.onReplay()
    const counts = isDryRun ? await previewReplay(options) : await replayLost(options)
    return { ...counts, isPreview: isDryRun, journalFolder }
  } finally {
    live.close()
  }
}

/** `host:port` with the password of a file. @throws AppError BAD_REQUEST, PATH_NOT_FOUND, ACCESS_DENIED */
export function replayAddress(text: string, passwordFile: string | null): ServerAddress {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:]+)):([0-9]{1,5})$/.exec(text)
  const [host, port] = [match?.[1] ?? match?.[2], Number(match?.[3])]
  if (host === undefined || port > 65535 || port === 0)
    throw new AppError('BAD_REQUEST', {
      message: 'no address of a server',
      subject: text,
      unharmed: 'Nothing was done.',
      nextStep: 'Write host:port, as 127.0.0.1:6379 or [::1]:6379.',
    })
  if (passwordFile === null) return { host, port }
  try {
    return { host, port, credentials: { password: readFileSync(passwordFile, 'utf8').split(/\r?\n/, 1)[0] ?? '' } }
  } catch (cause) {
    throw fileError(cause, passwordFile)
  }
}
