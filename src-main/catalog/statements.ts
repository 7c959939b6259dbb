import type Database from 'better-sqlite3'

const cache = new WeakMap<Database.Database, Map<string, Database.Statement>>()

/** The prepared statement of a text, prepared once per connection. Values come only as parameters. */
export function statement(database: Database.Database, sql: string): Database.Statement {
  let statements = cache.get(database)
  if (statements === undefined) {
    statements = new Map()
    cache.set(database, statements)
  }
  let prepared = statements.get(sql)
  if (prepared === undefined) {
    prepared = database.prepare(sql)
    statements.set(sql, prepared)
  }
  return prepared
}
