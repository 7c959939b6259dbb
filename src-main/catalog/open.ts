import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'better-sqlite3'
import { AppError } from '#base/app-error.ts'
import { migrate } from './migrate.ts'

/** A handle that only reads. Which one a function takes says what it does. */
export type ReadDatabase = Database.Database
/** A handle that writes. SQLite lets one writer in at a time; the others wait up to ten seconds. */
export type WriteDatabase = Database.Database & { readonly writes: true }

/**
 * Opens the catalogue, making it when it is not there. Several processes and threads may have it open.
 * @throws AppError CATALOG_UNUSABLE
 */
export function openCatalog(path: string): WriteDatabase {
  try {
    mkdirSync(dirname(path), { recursive: true })
    const database = new Database(path, { timeout: 10_000 })
    database.pragma('journal_mode = WAL')
    // evidence and what can be resumed must survive a power cut
    database.pragma('synchronous = FULL')
    database.pragma('foreign_keys = ON')
    migrate(database, path)
    return Object.assign(database, { writes: true as const })
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError(
      'CATALOG_UNUSABLE',
      {
        message: 'the catalogue cannot be opened',
        subject: path,
        unharmed: 'No backup was touched: the catalogue only remembers what was seen.',
        nextStep:
          'Check the folder and its permissions. If the file is damaged, move it away: sources can be opened again.',
      },
      { cause },
    )
  }
}

/** Runs steps that read and then write as one: no other process or thread writes in between. */
export function exclusively<Result>(database: WriteDatabase, steps: () => Result): Result {
  return database.transaction(steps).immediate()
}
