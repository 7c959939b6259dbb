import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDirectory } from '../reference/build.ts'

/** Everything that runs write; nothing in it outlives its group. */
export const workDirectory = join(cacheDirectory, 'agent-work')

/** An empty directory for a run. What earlier runs wrote is on the disk by then, so that no run pays for another. */
export function emptyDirectory(name: string): string {
  const path = join(workDirectory, name)
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path, { recursive: true })
  execFileSync('sync')
  return path
}

export function dropWork(): void {
  rmSync(workDirectory, { recursive: true, force: true })
}
