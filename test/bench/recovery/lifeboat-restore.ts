import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Core, createCore } from '../../../src-main/core/create-core.ts'
import type { Measurement } from '../harness.ts'

const workerEntry = new URL('../../../src-main/workers/worker-main.ts', import.meta.url)

/** The product's own restore of a backup: a job of a core whose threads are up, from the call to the finished job. */
export class LifeboatRestore {
  readonly #core: Core
  readonly #dataFolder: string
  readonly #sourceId: number
  readonly #backup: { readonly backupId: number; readonly logicalBytes: number }

  private constructor(core: Core, dataFolder: string, sourceId: number, backup: LifeboatRestore['newest']) {
    this.#core = core
    this.#dataFolder = dataFolder
    this.#sourceId = sourceId
    this.#backup = backup
  }

  static async open(directory: string, threadCount: number): Promise<LifeboatRestore> {
    const dataFolder = mkdtempSync(join(tmpdir(), 'lifeboat-bench-'))
    const core = await createCore({ dataFolder, workerEntry, version: 'bench', threadCount })
    const { sourceId, indexJobId } = await core.client.sources.open({ path: directory })
    if (indexJobId !== null) await core.jobFinished(indexJobId)
    const backups = await core.client.backups.list({ sourceId })
    const newest = backups.toSorted((left, right) => right.backupId - left.backupId)[0]
    if (newest === undefined) throw new Error('no backup to restore')
    return new LifeboatRestore(core, dataFolder, sourceId, newest)
  }

  get newest(): { readonly backupId: number; readonly logicalBytes: number } {
    return this.#backup
  }

  async restore(targetPath: string): Promise<Measurement> {
    const bytes = this.#backup.logicalBytes
    const cpuBefore = process.cpuUsage()
    const startedMs = performance.now()
    const { backupId } = this.#backup
    const { jobId } = await this.#core.client.restore.start({ sourceId: this.#sourceId, backupId, targetPath })
    const job = await this.#core.jobFinished(jobId)
    const seconds = (performance.now() - startedMs) / 1000
    const { user, system } = process.cpuUsage(cpuBefore)
    if (job.result?.kind !== 'restore') throw new Error(`the job ended as ${job.state}`)
    const { provedFileCount, fileCount } = job.result.restore
    if (provedFileCount !== fileCount) throw new Error(`${provedFileCount} of ${fileCount} files were proved`)
    return { seconds, bytes, readBytes: bytes, figures: { cpuSeconds: (user + system) / 1e6 } }
  }

  async close(): Promise<void> {
    await this.#core.close()
    rmSync(this.#dataFolder, { recursive: true, force: true })
  }
}
