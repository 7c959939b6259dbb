import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheDirectory } from './build.ts'

const run = promisify(execFile)

/** A database that `db_bench` makes; the name stands for the arguments, so change both together. */
export type DatabaseShape = {
  readonly name: string
  readonly benchmarks: string
  readonly arguments: Readonly<Record<string, string | number | boolean>>
}

/** A database in that shape: made once by db_bench, used again afterwards. */
export async function madeDatabase(shape: DatabaseShape): Promise<string> {
  const directory = databaseDirectory(shape)
  if (existsSync(directory)) return directory
  mkdirSync(cacheDirectory, { recursive: true })
  const unfinished = `${directory}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  const flags = Object.entries({ seed: 1, ...shape.arguments }).map(([name, value]) => `--${name}=${value}`)
  await run('db_bench', [`--db=${unfinished}`, `--benchmarks=${shape.benchmarks}`, ...flags], {
    maxBuffer: 64 * 1024 * 1024,
  })
  renameSync(unfinished, directory)
  return directory
}

/** For data that is too large to stay. */
export function dropDatabase(shape: DatabaseShape): void {
  rmSync(databaseDirectory(shape), { recursive: true, force: true })
}

function databaseDirectory(shape: DatabaseShape): string {
  return join(cacheDirectory, `database-${shape.name}`)
}
