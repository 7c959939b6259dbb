import type { Clock } from '#base/clock.ts'
import type { FileLayer } from '#base/file-layer.ts'

/** The right to write into a repository; whoever has one holds the lock. */
export type RepositoryWriter = {
  readonly root: string
  readonly layer: FileLayer
  readonly clock: Clock
  /** Called before each change. @throws AppError REPOSITORY_BUSY when somebody else took the lock */
  assertHeld(): void
}
