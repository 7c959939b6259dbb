import { join } from 'node:path'
import type { TestContext } from 'vitest'
import { createSandbox } from '../../src-main/core/create-sandbox.ts'
import { skipWithoutRocksdbNative } from './rocksdb-native.ts'
import { tempDir } from './temp-dir.ts'

const workerEntry = new URL('../../src-main/workers/worker-main.ts', import.meta.url)

export type RecoveryRepository = {
  readonly folder: string
  readonly data: string
  readonly repo: string
  /** when each commit was made; the third is the accident */
  readonly timesUs: readonly number[]
}

/**
 * A repository that nobody writes any more. Commit 1 (sequences 1–2) adds Ada, and full backup 1 follows; commit 2 (3–4) adds Bo,
 * and incremental backup 2 follows; commit 3 (5–7) deletes both; full backup 3 follows; commit 4 (8–9) adds Cy.
 * @param paddingBytes of another node in the first commit, so that copying takes long
 */
export async function recoveryRepository(
  context: Pick<TestContext, 'skip'>,
  { paddingBytes = 0 } = {},
): Promise<RecoveryRepository> {
  skipWithoutRocksdbNative(context)
  const folder = tempDir()
  const places = { data: join(folder, 'data'), repo: join(folder, 'repo') }
  const sandbox = await createSandbox({
    version: '0',
    dataPath: places.data,
    repositoryPath: places.repo,
    workerEntry,
    listen: { host: '127.0.0.1', port: 0 },
    users: [],
    tls: null,
    isInsecure: false,
    rateLimitBytesPerSecond: 0,
    metrics: null,
    logLevel: 'silent',
    isSynchronous: false,
    random: () => 0,
    onLost: (failure) => {
      throw failure
    },
  })
  const timesUs: number[] = []
  const { store, agent } = sandbox
  const add = async (name: string, paddingLength = 0) => {
    const { commit } = await store.transaction('default', (graph) => {
      const value = name + 'x'.repeat(paddingLength)
      graph.createNode(['Person'], new Map([['name', { type: 'string' as const, value }]]))
    })
    timesUs.push(commit!.committedAtUs)
  }
  const create = (kind: 'full' | 'incremental') => agent.create({ kind, label: null, isAsync: false })
  try {
    await add('Ada', paddingBytes)
    await create('full')
    await add('Bo')
    await create('incremental')
    const { commit } = await store.transaction('default', (graph) => {
      for (const { id } of [...graph.nodes(null)]) graph.deleteNode(id)
    })
    timesUs.push(commit!.committedAtUs)
    await create('full')
    await add('Cy')
    return { folder, ...places, timesUs }
  } finally {
    await sandbox.close()
  }
}
