import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCore } from '../../src-main/core/create-core.ts'
import type { Subject } from './harness.ts'

const workerEntry = new URL('../../src-main/workers/worker-main.ts', import.meta.url)

/**
 * The product's own verification of every backup of a directory: a job of a core whose threads are up, its result kept
 * in the catalogue, from the call to the finished job.
 */
export async function verifyWithLifeboat(directory: string, threads: number): Promise<Subject> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'lifeboat-bench-'))
  const core = await createCore({ dataFolder, workerEntry, version: 'bench', threadCount: threads })
  const { sourceId, indexJobId } = await core.client.sources.open({ path: directory })
  if (indexJobId !== null) await core.jobFinished(indexJobId)
  const backups = await core.client.backups.list({ sourceId })
  const bytes = backups.reduce((sum, backup) => sum + backup.logicalBytes, 0)
  return {
    name: `Lifeboat, ${threads} threads`,
    async measure() {
      const startedMs = performance.now()
      const { jobId } = await core.client.verify.start({ sourceId, backupIds: null, level: 'checksum' })
      const job = await core.jobFinished(jobId)
      const seconds = (performance.now() - startedMs) / 1000
      if (job.result?.kind !== 'verify' || job.result.outcome !== 'passed')
        throw new Error(`the job ended as ${job.state}`)
      const { verification } = await core.client.verify.get({ verificationId: job.result.verificationId })
      return { seconds, bytes, readBytes: verification.checkedBytes }
    },
    async close() {
      await core.close()
      rmSync(dataFolder, { recursive: true, force: true })
    },
  }
}
