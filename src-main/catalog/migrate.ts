import type Database from 'better-sqlite3'
import { AppError } from '#base/app-error.ts'
import { migration0010 } from './migrations/0010-catalog.ts'
import { migration0020 } from './migrations/0020-jobs.ts'
import { migration0030 } from './migrations/0030-servers.ts'

const migrations = [migration0010, migration0020, migration0030]

/** The schema this build understands. */
const catalogVersion = Math.max(...migrations.map((migration) => migration.number))

/**
 * Brings the catalogue to this build's schema, each step in one transaction with its version mark.
 * @throws AppError CATALOG_UNUSABLE when a newer Lifeboat wrote it
 */
export function migrate(database: Database.Database, path: string, upTo: number = catalogVersion): void {
  if (userVersion(database) > catalogVersion) {
    throw new AppError('CATALOG_UNUSABLE', {
      message: 'the catalogue was written by a newer version of Lifeboat',
      subject: path,
      unharmed: 'Nothing was changed in it.',
      nextStep: 'Start the newer version, or choose another data folder.',
    })
  }
  for (const migration of migrations) {
    // two processes may start at once: the version is looked at again under the write lock
    database
      .transaction(() => {
        if (migration.number <= userVersion(database) || migration.number > upTo) return
        database.exec(migration.sql)
        database.pragma(`user_version = ${migration.number}`)
      })
      .immediate()
  }
}

function userVersion(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }))
}
