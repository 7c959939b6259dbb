import { copyShared } from './copy-shared.ts'
import { type CopyWork, makeCopyWork } from './copy-work.ts'
import { discardFull } from './discard-full.ts'
import type { FullOrder, FullTools, PreparedFull } from './full-order.ts'
import type { LiveFiles } from './live-files.ts'
import { prepareFull } from './prepare-full.ts'
import { publishFull, type WrittenFull } from './publish-full.ts'

/** What is going on, for whoever watches from another thread. */
export type FullStarted = { readonly full: PreparedFull; readonly work: CopyWork }

/**
 * Writes a captured state as a full backup in RocksDB's BackupEngine layout, in this thread alone. Cancelled or failed it
 * leaves nothing that was not there before; what a crash leaves, the next run removes. Only for whoever alone writes to
 * the repository. To copy with several threads: prepareFull, then copyShared in each of them, then publishFull, or
 * discardFull when one failed.
 * @param onCopying told once, before tables are copied: its progress lies in shared memory
 * @throws AppError, DamageError, StoppedError: as prepareFull, copyShared, publishFull
 */
export function writeFull(
  order: FullOrder,
  live: LiveFiles,
  tools: FullTools,
  onCopying: (started: FullStarted) => void = () => {},
): WrittenFull {
  const full = prepareFull(order, live, tools)
  const work = makeCopyWork(full.copies.length, 1)
  try {
    onCopying({ full, work })
    const { control, layer, clock, rateLimitBytesPerSecond } = tools
    const task = {
      root: full.root,
      copies: full.copies,
      work,
      control: control.shared,
      rateLimitBytesPerSecond,
      slot: 0,
    }
    copyShared(task, layer, clock)
    control.checkpoint()
    return publishFull(full, work, layer)
  } catch (cause) {
    discardQuietly(full, work, tools)
    throw cause
  }
}

/** Why a backup failed counts; what cannot be removed now, the next run removes. */
function discardQuietly(full: PreparedFull, work: CopyWork, { layer }: FullTools): void {
  try {
    discardFull(full, work, layer)
  } catch {
    // the caller throws the first error
  }
}
