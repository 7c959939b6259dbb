import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { type Backup, ErrorInfo, type Job, type Source, type VerificationLevel } from '#contract'
import { type Core, type CoreOptions, createCore } from '../../src-main/core/create-core.ts'
import { tempDir } from './temp-dir.ts'

/** The worker threads' code as it is in the source. */
const workerEntry = new URL('../../src-main/workers/worker-main.ts', import.meta.url)

const defaults = { workerEntry, version: '0.0.0-test', threadCount: 2, warmThreadCount: 1 }

/** One core with two threads for all tests of the file, because starting threads takes longer than most tests. */
export function useCore(): { readonly core: Core } {
  const dataFolder = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat-test-core-')))
  const shared: { core: Core | null } = { core: null }
  beforeAll(async () => {
    shared.core = await createCore({ ...defaults, dataFolder })
  })
  afterAll(async () => {
    await shared.core?.close()
    rmSync(dataFolder, { recursive: true, force: true })
  })
  return {
    get core() {
      return shared.core!
    },
  }
}

/** A core on a data folder of its own; it is closed when the running test ends. */
export async function startCore(options: Partial<CoreOptions> = {}): Promise<Core> {
  const core = await createCore({ ...defaults, dataFolder: tempDir(), ...options })
  let closing: Promise<void> | null = null
  const close = () => {
    closing ??= core.close()
    return closing
  }
  onTestFinished(close)
  return { ...core, close }
}

export type OpenedSource = { sourceId: number; source: Source; backups: Backup[] }

/** Opens a directory and waits until it is indexed. */
export async function openSource(core: Core, path: string): Promise<OpenedSource> {
  const { sourceId, indexJobId } = await core.client.sources.open({ path })
  if (indexJobId !== null) await core.jobFinished(indexJobId)
  const source = await core.client.sources.get({ sourceId })
  return { sourceId, source, backups: await core.client.backups.list({ sourceId }) }
}

/** Waits for the job that a call started. */
export async function ended(core: Core, started: Promise<{ jobId: number }>): Promise<Job> {
  return core.jobFinished((await started).jobId)
}

/** A finished verification of a source with what it found. */
export async function verified(
  core: Core,
  order: { sourceId: number; backupIds?: number[] | null; level?: VerificationLevel },
) {
  const { sourceId, backupIds = null, level = 'checksum' } = order
  const job = await ended(core, core.client.verify.start({ sourceId, backupIds, level }))
  if (job.result?.kind !== 'verify') throw new Error(`the verification ended as ${job.state}: ${job.error?.message}`)
  return core.client.verify.get({ verificationId: job.result.verificationId })
}

/** The declared error that a call fails with; fails when it does not, or fails with anything else. */
export async function errorOf(call: Promise<unknown>): Promise<ErrorInfo> {
  try {
    await call
  } catch (thrown) {
    return ErrorInfo.parse((thrown as { data?: unknown }).data)
  }
  throw new Error('the call did not fail')
}
