import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { tempDir } from './temp-dir.ts'

/** as built: it starts four times as fast as its sources */
const main = join(import.meta.dirname, '..', '..', 'out', 'main', 'cli.js')

export type Answer = { exitCode: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }

/** uid: as another user, which root alone can */
export type CommandOptions = { cwd?: string; uid?: number }

export type RunningCommand = { child: ChildProcessWithoutNullStreams; stdout(): string; ended: Promise<Answer> }

/** Starts the command line as its own process; it is killed when the running test ends. */
export function startCommand(args: readonly string[], options: CommandOptions = {}): RunningCommand {
  const child = spawn(process.execPath, [main, ...args], { stdio: 'pipe', ...options })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const ended = new Promise<Answer>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exitCode, signal) => resolve({ exitCode, signal, stdout, stderr }))
  })
  return { child, stdout: () => stdout, ended }
}

/** Runs a command to its end. */
export function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<Answer> {
  return startCommand(args, options).ended
}

/** The command line on a data folder of its own; `runJson` expects one document and nothing beside it. */
export function commandLine() {
  const dataFolder = tempDir()
  const run = (...args: string[]) => runCommand(['--data-folder', dataFolder, ...args])
  const runJson = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await run(...args, '--json')
    expect(stderr).toBe('')
    return { exitCode, answer: JSON.parse(stdout) as never }
  }
  return { dataFolder, run, runJson }
}
