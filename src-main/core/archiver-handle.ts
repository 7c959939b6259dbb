import { Worker } from 'node:worker_threads'
import { AppError } from '#base/app-error.ts'
import { fromErrorInfo } from '#base/error-info.ts'
import type { ArchiverPort, ArchiverView } from '../agent/archiver-port.ts'
import type { ArchiverState } from '../backup/archiver/archiver.ts'
import type { ClosedIncrement } from '../backup/archiver/increment.ts'
import {
  ARCHIVER_FIELD_COUNT,
  ARCHIVER_FIELDS,
  type ArchiverAnswer,
  type ArchiverRequest,
  type ArchiverThreadOrder,
  type FromArchiver,
  processTimeUs,
} from '../workers/archiver-messages.ts'

type Waiting = { readonly resolve: (answer: ArchiverAnswer) => void; readonly reject: (cause: unknown) => void }

export type ArchiverHandleOptions = {
  readonly workerEntry: URL
  readonly order: Omit<ArchiverThreadOrder, 'role' | 'shared'>
  /** gaps, damages and forks, each time there is something new */
  readonly onState: (state: ArchiverState) => void
  /** it stands still, and tries again: told once for each reason; or its thread has ended by itself */
  readonly onStuck: (failure: Error) => void
  /** its thread has ended by itself, and does nothing any more */
  readonly onDied?: (failure: Error) => void
}

/** Starts the archiver's thread and speaks with it. */
export class ArchiverHandle implements ArchiverPort {
  readonly #worker: Worker
  readonly #fields: Float64Array
  readonly #options: ArchiverHandleOptions
  readonly #waiting = new Map<number, Waiting>()
  #requestCount = 0
  #failure: Error | null = null
  #stepping: Promise<ArchiverState> | null = null
  #isStopping = false
  /** why nobody answers any more */
  #ended: Error | null = null
  readonly #exited: Promise<void>

  constructor(options: ArchiverHandleOptions) {
    const shared = new SharedArrayBuffer(ARCHIVER_FIELD_COUNT * 8)
    this.#fields = new Float64Array(shared).fill(Number.NaN)
    this.#options = options
    const workerData: ArchiverThreadOrder = { role: 'archiver', shared, ...options.order }
    this.#worker = new Worker(options.workerEntry, { workerData })
    this.#worker.on('message', (message: FromArchiver | object) => {
      if ('outcome' in message) this.#receive(message)
    })
    this.#worker.on('error', (cause) => this.#end(threadDied(cause)))
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#end(threadDied(this.#failure))
        resolve()
      })
    })
  }

  view(): ArchiverView {
    const at = this.#known(ARCHIVER_FIELDS.caughtUpAtUs)
    return {
      archivedSequence: this.#archivedSequence,
      lastCommitAtUs: this.#known(ARCHIVER_FIELDS.lastCommitAtUs),
      caughtUpAgeUs: at === null ? null : processTimeUs() - at,
      failure: this.#failure,
    }
  }

  step(): Promise<ArchiverState> {
    return this.#ask({ kind: 'step' }) as Promise<ArchiverState>
  }

  /**
   * However many wait, one step is asked for at a time: one sync serves them all.
   * @throws AppError CHAIN_BROKEN when the database went another way
   */
  async reached(sequence: number): Promise<void> {
    // what the archive holds already may be of another history: only a new look at the database tells
    let isProved = !this.#hasReached(sequence)
    // a step that runs already may have looked too early; the next one cannot have
    for (let stepCount = 0; !(isProved && this.#hasReached(sequence)); stepCount += 1) {
      if (stepCount === 2) throw notInLog(sequence)
      isProved ||= stepCount > 0 || this.#stepping === null
      this.#stepping ??= this.step().finally(() => {
        this.#stepping = null
      })
      const { forked } = await this.#stepping
      if (forked !== null) throw wentAnotherWay(sequence)
    }
  }

  closeIncrement(afterSequence: number): Promise<ClosedIncrement> {
    return this.#ask({ kind: 'close-increment', afterSequence }) as Promise<ClosedIncrement>
  }

  /** Resolves also when the thread has ended already. @throws AppError when the open segment could not be closed */
  async stop(): Promise<void> {
    this.#isStopping = true
    try {
      if (this.#ended === null) await this.#ask({ kind: 'stop' })
    } catch (cause) {
      // the thread that was asked ended: there is nothing left to stop
      if (cause !== this.#ended) throw cause
    } finally {
      await this.#exited
    }
  }

  #hasReached(sequence: number): boolean {
    return (this.#archivedSequence ?? -1) >= sequence
  }

  /** A timeline that forked shares what its parent has up to there. */
  get #archivedSequence(): number | null {
    return this.#known(ARCHIVER_FIELDS.archivedSequence) ?? this.#options.order.startAfterSequence
  }

  #known(field: number): number | null {
    const value = this.#fields[field] ?? Number.NaN
    return Number.isNaN(value) ? null : value
  }

  #ask(request: ArchiverRequest): Promise<ArchiverAnswer> {
    if (this.#ended !== null) return Promise.reject(this.#ended)
    return new Promise((resolve, reject) => {
      this.#requestCount += 1
      this.#waiting.set(this.#requestCount, { resolve, reject })
      this.#worker.postMessage({ ...request, requestId: this.#requestCount })
    })
  }

  #receive(message: FromArchiver): void {
    if (message.outcome === 'state') {
      this.#failure = null
      this.#options.onState(message.state)
      return
    }
    if (message.outcome === 'stuck') {
      const failure = fromErrorInfo(message.error)
      if (failure.message !== this.#failure?.message) this.#options.onStuck(failure)
      this.#failure = failure
      return
    }
    const waiting = this.#waiting.get(message.requestId)
    this.#waiting.delete(message.requestId)
    if (message.outcome === 'done') waiting?.resolve(message.answer)
    else waiting?.reject(fromErrorInfo(message.error))
  }

  #end(failure: Error): void {
    if (this.#ended !== null) return
    this.#ended = failure
    this.#failure = failure
    for (const { reject } of this.#waiting.values()) reject(failure)
    this.#waiting.clear()
    if (this.#isStopping) return
    this.#options.onStuck(failure)
    this.#options.onDied?.(failure)
  }
}

function wentAnotherWay(sequence: number): AppError {
  return new AppError('CHAIN_BROKEN', {
    message: 'the database went another way than the archive',
    subject: `sequence ${sequence}`,
    unharmed: 'The database has the commit.',
    nextStep: 'Make a full backup: a new timeline begins.',
  })
}

function notInLog(sequence: number): AppError {
  return new AppError('IO_FAILED', {
    message: 'a commit was not found in the logs of the database, so it is not archived',
    subject: `sequence ${sequence}`,
    unharmed: 'The database has it.',
    nextStep: 'Look at STATUS and the log of this program; a full backup makes sure.',
  })
}

function threadDied(cause: unknown): AppError {
  return new AppError(
    'INTERNAL',
    {
      message: 'the archiver has ended',
      unharmed: 'What it had archived is safe.',
      nextStep: 'Start the program again: it goes on where it was.',
    },
    { cause },
  )
}
