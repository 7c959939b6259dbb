import type { ControlSwitch } from '#base/abort.ts'
import { FULL_PROGRESS_FIELDS, makeCopyWork } from '../backup/full/copy-work.ts'
import type { WrittenFull } from '../backup/full/publish-full.ts'
import type { AgentThreads } from './threads.ts'

/** starting a second thread costs more than copying this much */
const ONE_THREAD_BYTES = 64 * 1024 * 1024

export type FullMaking = {
  readonly backupId: number
  readonly timeline: string
  readonly label: string | null
  /** over all threads; 0: no limit */
  readonly rateLimitBytesPerSecond: number
  readonly control: ControlSwitch
  /** given how to read it: 0 to 1 */
  readonly trackProgress: (read: () => number | null) => void
}

/**
 * Takes a full backup of a database that goes on working: one thread holds its state open, several copy. Cancelled or
 * failed, nothing is left.
 * @throws AppError, DamageError, StoppedError
 */
export async function makeFull(making: FullMaking, threads: AgentThreads): Promise<WrittenFull> {
  const { backupId, timeline, label, control } = making
  const { live, full } = await threads.captureFull({ backupId, timeline, label }, control.shared)
  const threadCount = full.copyBytes <= ONE_THREAD_BYTES ? 1 : threads.threadCount
  const work = makeCopyWork(full.copies.length, threadCount)
  making.trackProgress(() => doneBytes(work.progress) / Math.max(1, full.copyBytes))
  let isPublished = false
  try {
    const copied = await Promise.allSettled(
      Array.from({ length: threadCount }, (_, slot) =>
        threads.copyShared({
          root: full.root,
          copies: full.copies,
          work,
          control: control.shared,
          rateLimitBytesPerSecond: making.rateLimitBytesPerSecond / threadCount,
          slot,
          isInBackground: true,
        }),
      ),
    )
    // only when all have ended nothing of this backup is written any more
    for (const outcome of copied) if (outcome.status === 'rejected') throw outcome.reason
    control.checkpoint()
    const written = await threads.publishFull(full, work)
    isPublished = true
    return written
  } finally {
    await threads.endFull(live, isPublished ? null : { full, work })
  }
}

function doneBytes(progress: SharedArrayBuffer): number {
  return new Float64Array(progress).reduce(
    (sum, value, index) => (index % FULL_PROGRESS_FIELDS === 0 ? sum + value : sum),
    0,
  )
}
