import type { Measurement } from '../harness.ts'
import { openToFirstRow, walkOneLog } from './log-work.ts'
import { firstPage, lookUp } from './row-work.ts'
import { scan, verifyTables } from './table-work.ts'
import type { Work } from './work.ts'

/** One piece of work of ours, in a worker or in a process of its own. Bounds are keys in hex; null is an end. */
export type Task =
  | { readonly kind: 'verify-blocks'; readonly paths: readonly string[] }
  | { readonly kind: 'scan'; readonly directory: string; readonly from: string | null; readonly to: string | null }
  | { readonly kind: 'walk-log'; readonly path: string }
  | { readonly kind: 'open-view'; readonly directory: string }
  | { readonly kind: 'first-page'; readonly directory: string; readonly rows: number }
  | { readonly kind: 'look-up'; readonly directory: string; readonly keysPath: string; readonly isNewViewEach: boolean }

/** Does a task and measures it, the start of the process not included; of processor time that of this thread. */
export function runTask(task: Task): Measurement {
  const startedMs = performance.now()
  const before = process.threadCpuUsage()
  const result = resultOf(task)
  const { user, system } = process.threadCpuUsage(before)
  const figures = { cpuSeconds: (user + system) / 1e6, ...result.figures }
  return { seconds: (performance.now() - startedMs) / 1000, ...result, figures }
}

function resultOf(task: Task): Work {
  switch (task.kind) {
    case 'verify-blocks':
      return verifyTables(task.paths)
    case 'scan':
      return scan(task.directory, task.from, task.to)
    case 'walk-log':
      return walkOneLog(task.path)
    case 'open-view':
      return openToFirstRow(task.directory)
    case 'first-page':
      return firstPage(task.directory, task.rows)
    case 'look-up':
      return lookUp(task.directory, task.keysPath, task.isNewViewEach)
  }
}
