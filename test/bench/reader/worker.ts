import { parentPort } from 'node:worker_threads'
import { runTask, type Task } from './tasks.ts'

// A thread of ours that does one task after the other.
parentPort?.on('message', (task: Task) => parentPort?.postMessage(runTask(task)))
