import { Worker } from 'node:worker_threads'
import { addFailure, emptyTally, type Tally } from './run-cases.ts'

/** Heap of the thread that runs the cases: the modules, the inputs, and what a case may take. */
const HEAP_MIB_MAX = 160
const HANG_MS = 10_000
const DEATHS_MAX = 5

export type FuzzOrder = {
  /** a module that exports `targets` */
  readonly targetsUrl: string
  readonly targetName: string
  /** for the inputs of the target */
  readonly folder?: string | null
  /** problems that are no failures */
  readonly expected?: readonly RegExp[]
  readonly seed: number
  readonly from: number
  readonly to: number
  /** a case that takes longer is killed */
  readonly hangMs?: number
}

/** After every failure and at the end, so that a thread that dies has said what it found. */
export type WorkerReport = { readonly tally: Tally; readonly isDone: boolean }

export type WorkerOrder = FuzzOrder & {
  readonly tally: Tally
  /** [0]: the case that is running */
  readonly position: Int32Array
}

/** A thread that runs cases, apart from the tests because a case may hang it or take its whole heap. */
export class FuzzThread {
  #worker: Worker | null = null

  /**
   * Runs the cases `from` to below `to`. A case that ends the thread becomes a failure, and a new thread goes on
   * behind it.
   */
  async run(order: FuzzOrder): Promise<Tally> {
    let tally = emptyTally()
    let from = order.from
    for (let deaths = 0; from < order.to; deaths += 1) {
      const position = new Int32Array(new SharedArrayBuffer(4)).fill(from - 1)
      const end = await this.#runUntilDeath({ ...order, from, tally, position }, order.hangMs ?? HANG_MS)
      tally = end.tally
      if (end.death === null) return tally
      const caseIndex = position[0]!
      if (caseIndex < from || deaths === DEATHS_MAX) throw new Error(`${order.targetName}: ${end.death}`)
      tally.caseCount = caseIndex + 1 - order.from
      addFailure(tally, { caseIndex, what: 'the thread of the case was ended', problem: end.death })
      from = caseIndex + 1
    }
    return tally
  }

  async close(): Promise<void> {
    await this.#worker?.terminate()
    this.#worker = null
  }

  #runUntilDeath(order: WorkerOrder, hangMs: number): Promise<{ tally: Tally; death: string | null }> {
    const worker = this.#thread()
    const { promise, resolve } = Promise.withResolvers<{ tally: Tally; death: string | null }>()
    let { tally } = order
    const die = (death: string): void => {
      this.#worker = null
      resolve({ tally, death })
    }
    const hear = (report: WorkerReport): void => {
      tally = report.tally
      if (report.isDone) resolve({ tally, death: null })
    }
    const fail = (error: Error): void => die(error.stack ?? error.message)
    const leave = (code: number): void => die(`the thread ended with ${code}`)
    const watchdog = watchPosition(order, hangMs, () => {
      die(`did not end within ${hangMs} ms`)
      void worker.terminate()
    })
    worker.on('message', hear).on('error', fail).on('exit', leave)
    worker.postMessage(order)
    return promise.finally(() => {
      clearInterval(watchdog)
      worker.off('message', hear).off('exit', leave)
      worker.off('error', fail)
    })
  }

  #thread(): Worker {
    const resourceLimits = { maxOldGenerationSizeMb: HEAP_MIB_MAX, maxYoungGenerationSizeMb: 32 }
    this.#worker ??= new Worker(new URL('./fuzz-worker.ts', import.meta.url), { resourceLimits })
    return this.#worker
  }
}

/** Calls `onHang` when one case has been running for `hangMs`. */
function watchPosition({ from, position }: WorkerOrder, hangMs: number, onHang: () => void): NodeJS.Timeout {
  let lastIndex = from - 1
  let lastChangeMs = performance.now()
  return setInterval(() => {
    const now = performance.now()
    const hasMoved = position[0] !== lastIndex
    if (!hasMoved && lastIndex >= from && now - lastChangeMs > hangMs) onHang()
    if (!hasMoved) return
    lastIndex = position[0]!
    lastChangeMs = now
  }, hangMs / 20)
}
