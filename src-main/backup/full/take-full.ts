import { AppError } from '#base/app-error.ts'
import { captureLiveFiles } from './capture.ts'
import type { CaptureOptions } from './capture-options.ts'
import type { FullOrder, FullTools } from './full-order.ts'
import { releaseLiveFiles } from './live-files.ts'
import type { WrittenFull } from './publish-full.ts'
import { type FullStarted, writeFull } from './write-full.ts'

/** an engine that writes logs over or cuts files that are held is met once in a while, not ten times in a row */
const ROUNDS_MAX = 10

export type TakenFull = WrittenFull & {
  /** how often the database had moved on, so that the state was captured anew */
  readonly restartCount: number
}

/**
 * Takes a full backup of a database, whether or not another process writes to it. Its time of making is that of the
 * state.
 * @throws AppError, DamageError, StoppedError: as captureLiveFiles and writeFull
 */
export function takeFull(
  databaseDirectory: string,
  order: Omit<FullOrder, 'createdAtUs'>,
  tools: FullTools,
  options: CaptureOptions = {},
  onCopying?: (started: FullStarted) => void,
): TakenFull {
  const checkpoint = () => {
    tools.control.checkpoint()
    options.checkpoint?.()
  }
  let restartCount = 0
  for (let round = 1; ; round += 1) {
    const live = captureLiveFiles(databaseDirectory, { ...options, checkpoint })
    restartCount += live.restartCount
    try {
      const written = writeFull({ ...order, createdAtUs: tools.clock.nowUs() }, live, tools, onCopying)
      return { ...written, restartCount }
    } catch (cause) {
      if (!(cause instanceof AppError && cause.code === 'SOURCE_CHANGED') || round === ROUNDS_MAX) throw cause
      restartCount += 1
    } finally {
      releaseLiveFiles(live)
    }
  }
}
