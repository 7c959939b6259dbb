import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import type { Measurement, Subject } from '../harness.ts'
import type { Task } from './tasks.ts'

const run = promisify(execFile)
const processEntry = fileURLToPath(import.meta.resolve('./process.ts'))

/** Tasks of ours side by side, each in a thread that stays up between the rounds. */
export function inThreads(name: string, tasks: readonly Task[]): Subject {
  const workers = tasks.map(() => new Worker(new URL('./worker.ts', import.meta.url)))
  return {
    name,
    async measure() {
      const startedMs = performance.now()
      const parts = await Promise.all(tasks.map((task, index) => ask(workers[index], task)))
      return { ...parts.reduce(added), seconds: (performance.now() - startedMs) / 1000 }
    },
    async close() {
      for (const worker of workers) await worker.terminate()
    },
  }
}

/** A task of ours in a new process each time. */
export function inNewProcess(name: string, task: Task): Subject {
  return ofProgram(name, process.execPath, [processEntry, JSON.stringify(task)])
}

/** A program that measures itself and prints a measurement as JSON. */
export function ofProgram(name: string, program: string, programArguments: readonly string[]): Subject {
  return {
    name,
    async measure() {
      const { stdout } = await run(program, programArguments)
      return JSON.parse(stdout) as Measurement
    },
    async close() {},
  }
}

/** A tool that is measured from outside, from its start to its end; what it prints goes nowhere. */
export function ofTool(name: string, tool: string, toolArguments: readonly string[], bytes: number): Subject {
  return {
    name,
    async measure() {
      const startedMs = performance.now()
      const { stdout } = await run('sh', ['-c', '"$@" >/dev/null 2>&1 || exit; times', 'sh', tool, ...toolArguments])
      const seconds = (performance.now() - startedMs) / 1000
      return { seconds, bytes, readBytes: bytes, figures: { cpuSeconds: childSeconds(stdout) } }
    },
    async close() {},
  }
}

/** What `times` of a shell prints last: the user and system time of its children, as in `0m0.29s 0m0.23s`. */
function childSeconds(times: string): number {
  const [, children = ''] = times.trim().split('\n')
  const parts = [...children.matchAll(/(\d+)m([\d.]+)s/g)]
  return parts.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds), 0)
}

async function ask(worker: Worker | undefined, task: Task): Promise<Measurement> {
  if (worker === undefined) throw new Error('no thread for the task')
  const answer = once(worker, 'message')
  worker.postMessage(task)
  const [measurement] = (await answer) as [Measurement]
  return measurement
}

function added(left: Measurement, right: Measurement): Measurement {
  const bytes = left.bytes + right.bytes
  const readBytes = left.readBytes + right.readBytes
  const seconds = Math.max(left.seconds, right.seconds)
  const figures = { ...left.figures }
  for (const [name, value] of Object.entries(right.figures ?? {})) figures[name] = (figures[name] ?? 0) + value
  const sum = { seconds, bytes, readBytes, figures }
  if (left.entries === undefined || right.entries === undefined) return sum
  return { ...sum, entries: left.entries + right.entries }
}
