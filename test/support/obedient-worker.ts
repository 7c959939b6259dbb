/** A worker thread that does what the path of its task says: answer, fail, stop, crash, or wait to be let go. */
import { parentPort } from 'node:worker_threads'
import type { FromWorker, ToWorker } from '../../src-main/workers/messages.ts'

export type Order = { path: string; gate?: SharedArrayBuffer }

parentPort?.on('message', ({ taskId, input }: ToWorker) => {
  const { path, gate } = input as Order
  const answer = (message: FromWorker) => parentPort?.postMessage(message)
  const error = {
    code: 'DISK_FULL',
    message: path,
    subject: null,
    unharmed: null,
    nextStep: null,
    details: null,
  } as const
  switch (path) {
    case 'fail':
      return answer({ taskId, outcome: 'failed', error })
    case 'stop':
      return answer({ taskId, outcome: 'stopped' })
    case 'exit':
      return process.exit(3)
    case 'throw':
      throw new Error('thrown outside of the task')
    case 'wait':
      Atomics.wait(new Int32Array(gate ?? new SharedArrayBuffer(4)), 0, 0)
  }
  return answer({ taskId, outcome: 'done', output: path })
})
