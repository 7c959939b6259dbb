import Database from 'better-sqlite3'
import type { Contract } from '#contract'

export const open = (path: string): [Database.Database, Contract?] => [new Database(path)]
