import { Worker } from 'node:worker_threads'
import { StoppedError } from '#base/abort.ts'
import { AppError } from '#base/app-error.ts'
import { assert } from '#base/assert.ts'
import { fromErrorInfo } from '#base/error-info.ts'
import type { FromWorker, TaskName, Tasks, ToWorker } from '../workers/messages.ts'

type Pending = { name: TaskName; input: unknown; resolve: (output: unknown) => void; reject: (cause: unknown) => void }
type Member = { worker: Worker; task: Pending | null; taskId: number }

/**
 * Warm worker threads; one runs one task at a time. It grows when all are busy, so that a paused or long job never
 * keeps a restore or a page of rows waiting, up to `threadsMax`; then tasks queue. A worker that dies fails its task
 * alone and is replaced.
 */
export class WorkerPool {
  readonly #entry: URL
  readonly #threadsMax: number
  readonly #members: Member[] = []
  readonly #queue: Pending[] = []
  #nextTaskId = 1
  #isClosed = false

  constructor(options: { entry: URL; warmCount: number; threadsMax: number }) {
    assert(options.warmCount <= options.threadsMax, 'the pool is warm within its bound')
    this.#entry = options.entry
    this.#threadsMax = options.threadsMax
    for (let count = 0; count < options.warmCount; count += 1) this.#grow()
  }

  /** Runs a task in a thread. @throws StoppedError when its control switch was stopped; AppError what the task threw */
  run<Name extends TaskName>(name: Name, input: Tasks[Name]['input']): Promise<Tasks[Name]['output']> {
    return new Promise((resolve, reject) => {
      const pending: Pending = { name, input, resolve: (output) => resolve(output as Tasks[Name]['output']), reject }
      if (this.#isClosed) return reject(closedError())
      // the last one that became idle is the one with warm caches
      const idle = this.#members.findLast((member) => member.task === null)
      if (idle !== undefined) this.#start(idle, pending)
      else if (this.#members.length < this.#threadsMax) this.#start(this.#grow(), pending)
      else this.#queue.push(pending)
    })
  }

  /** Ends all threads at once, whatever they do; their tasks fail. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const pending of this.#queue.splice(0)) pending.reject(closedError())
    await Promise.all(this.#members.map((member) => member.worker.terminate()))
  }

  #grow(): Member {
    // a full backup opens the database's files in one thread and closes them in another: Node must not close their numbers
    // again, which may be somebody else's by then, when the first thread ends
    const worker = new Worker(this.#entry, { trackUnmanagedFds: false })
    const member: Member = { worker, task: null, taskId: 0 }
    member.worker.on('message', (message: FromWorker | object) => {
      // under `node --watch` the runtime sends notes of its own on this port
      if ('taskId' in message) this.#finish(member, message)
    })
    member.worker.on('error', (cause) => this.#replace(member, cause))
    member.worker.on('exit', () => this.#replace(member, new Error('the worker thread ended')))
    // an idle thread must not keep a command line alive
    member.worker.unref()
    this.#members.push(member)
    return member
  }

  #start(member: Member, pending: Pending): void {
    member.task = pending
    member.taskId = this.#nextTaskId
    this.#nextTaskId += 1
    member.worker.ref()
    member.worker.postMessage({ taskId: member.taskId, name: pending.name, input: pending.input } satisfies ToWorker)
  }

  #finish(member: Member, message: FromWorker): void {
    const pending = member.task
    assert(pending !== null && message.taskId === member.taskId, 'a worker answers the task it was given')
    member.task = null
    member.worker.unref()
    if (message.outcome === 'done') pending.resolve(message.output)
    else if (message.outcome === 'stopped') pending.reject(new StoppedError('stopped on request'))
    else pending.reject(fromErrorInfo(message.error))
    const next = this.#queue.shift()
    if (next !== undefined) this.#start(member, next)
  }

  #replace(member: Member, cause: unknown): void {
    const index = this.#members.indexOf(member)
    if (index === -1) return
    this.#members.splice(index, 1)
    member.task?.reject(this.#isClosed ? closedError() : crashError(member.task.name, cause))
    member.task = null
    const next = this.#isClosed ? undefined : this.#queue.shift()
    if (next !== undefined) this.#start(this.#grow(), next)
  }
}

function closedError(): AppError {
  return new AppError('STOPPED', {
    message: 'Lifeboat is closing',
    nextStep: 'Start it again; an interrupted restore can be resumed.',
  })
}

function crashError(name: TaskName, cause: unknown): AppError {
  return new AppError(
    'INTERNAL',
    {
      message: 'a worker thread died',
      subject: name,
      unharmed: 'Nothing in the backups was changed.',
      nextStep: 'Try again. If it happens again, report it with the details.',
    },
    { cause },
  )
}
