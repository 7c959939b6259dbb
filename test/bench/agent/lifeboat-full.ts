import { randomUUID } from 'node:crypto'
import { makeFull } from '../../../src-main/agent/make-full.ts'
import { ControlSwitch } from '../../../src-main/base/abort.ts'
import { systemClock } from '../../../src-main/base/clock.ts'
import { nodeFileLayer } from '../../../src-main/base/file-layer.ts'
import { agentThreads } from '../../../src-main/core/agent-threads.ts'
import { WorkerPool } from '../../../src-main/jobs/worker-pool.ts'
import { ownProcess } from '../../../src-main/repository/own/lock/process-facts.ts'
import { WriterLock } from '../../../src-main/repository/own/lock/writer-lock.ts'
import { prepareRepository } from '../../../src-main/repository/own/open-repository.ts'
import type { Measurement } from '../harness.ts'

const workerEntry = new URL('../../../src-main/workers/worker-main.ts', import.meta.url)

/** The agent's way to a full backup: its threads stay up between the runs. */
export class LifeboatFull {
  readonly #pool: WorkerPool
  readonly #threadCount: number
  readonly #databaseDirectory: string

  constructor(databaseDirectory: string, threadCount: number) {
    this.#databaseDirectory = databaseDirectory
    this.#threadCount = threadCount
    this.#pool = new WorkerPool({ entry: workerEntry, warmCount: threadCount, threadsMax: threadCount })
  }

  /** From the capture of the state to the published backup. The repository is held before, as an agent holds it. */
  async make(root: string, backupId: number): Promise<Measurement> {
    const instanceId = randomUUID()
    prepareRepository(root, nodeFileLayer)
    const holder = { program: 'agent', instanceId, process: ownProcess() } as const
    const lock = new WriterLock({ root, layer: nodeFileLayer, clock: systemClock, ...holder })
    lock.acquire()
    try {
      return await this.#makeHeld(root, backupId, instanceId)
    } finally {
      lock.release()
    }
  }

  async #makeHeld(root: string, backupId: number, instanceId: string): Promise<Measurement> {
    const threads = agentThreads({
      pool: this.#pool,
      threadCount: this.#threadCount,
      databaseDirectory: this.#databaseDirectory,
      root,
      instanceId,
      clock: systemClock,
    })
    const cpuBefore = process.cpuUsage()
    const startedMs = performance.now()
    const { totalBytes, writtenBytes } = await makeFull(
      {
        backupId,
        timeline: randomUUID(),
        label: null,
        rateLimitBytesPerSecond: 0,
        control: new ControlSwitch(),
        trackProgress: () => {},
      },
      threads,
    )
    const seconds = (performance.now() - startedMs) / 1000
    const { user, system } = process.cpuUsage(cpuBefore)
    return { seconds, bytes: totalBytes, readBytes: writtenBytes, figures: { cpuSeconds: (user + system) / 1e6 } }
  }

  close(): Promise<void> {
    return this.#pool.close()
  }
}
