import type { WriteDatabase } from './open.ts'

/** A write that a power cut may undo: it does not make the core's thread wait for the disk. */
export function withoutSync<Result>(database: WriteDatabase, run: () => Result): Result {
  // inside a transaction the level stays what it was when it began
  if (database.inTransaction) return run()
  database.pragma('synchronous = NORMAL')
  try {
    return run()
  } finally {
    database.pragma('synchronous = FULL')
  }
}
