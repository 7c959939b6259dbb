import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { TestContext } from 'vitest'

const notInstalled = 'did not run: redis-cli and redis-benchmark are not installed on this machine'
const runTimeoutMs = 60_000

function find(name: string): string | null {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
}

/** Ends the running test as skipped, with the reason, where Redis' own command line tools are missing. */
export function skipWithoutRedisTools(context: Pick<TestContext, 'skip'>): void {
  if (find('redis-cli') === null || find('redis-benchmark') === null) context.skip(notInstalled)
}

export type ToolOutput = { readonly exitCode: number | null; readonly stdout: string; readonly stderr: string }

/** Runs `redis-cli` or `redis-benchmark` to its end. @param stdin what is typed */
export async function runRedisTool(
  name: 'redis-cli' | 'redis-benchmark',
  args: readonly string[],
  stdin = '',
): Promise<ToolOutput> {
  const path = find(name)
  if (path === null) throw new Error(notInstalled)
  const child = spawn(path, args, { stdio: 'pipe', timeout: runTimeoutMs })
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text
  })
  child.stdin.on('error', () => {})
  child.stdin.end(stdin)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode) => resolve({ exitCode, ...output }))
  })
}
