import { availableParallelism, homedir } from 'node:os'
import { join } from 'node:path'
import { createRouterClient } from '@orpc/server'
import { type Clock, systemClock } from '#base/clock.ts'
import { limits } from '#base/limits.ts'
import { createRouter } from '../api/router.ts'
import type { Services } from '../api/services.ts'
import { beat, endInstance, hasInstance, markInterrupted } from '../catalog/jobs.ts'
import { openCatalog } from '../catalog/open.ts'
import { JobManager } from '../jobs/manager.ts'
import { WorkerPool } from '../jobs/worker-pool.ts'
import { accidentsKind } from './accidents-kind.ts'
import { commitService } from './commit-service.ts'
import { compareKind } from './compare-kind.ts'
import { compareService } from './compare-service.ts'
import { countKind } from './count-kind.ts'
import { dataService } from './data-service.ts'
import { type SpawnSandbox, spawnFrom } from './demo-process.ts'
import { DemoRunner } from './demo-runner.ts'
import { indexKind } from './index-kind.ts'
import { isProcessAlive } from './process-alive.ts'
import { recoveryKind } from './recovery-kind.ts'
import { recoveryService } from './recovery-service.ts'
import { restoreKind } from './restore-kind.ts'
import { restoreService } from './restore-service.ts'
import { serverBackupKind } from './server-backup-kind.ts'
import { ServerRegistry } from './server-registry.ts'
import { serverService } from './server-service.ts'
import type { ServerTimings } from './server-timings.ts'
import { serverVerifyKind } from './server-verify-kind.ts'
import { SourceRegistry } from './source-registry.ts'
import { StatePlaces } from './state-places.ts'
import { verifyKind } from './verify-kind.ts'

const HEARTBEAT_MS = 5000

export type CoreOptions = {
  /** where the catalogue lies; made when it is not there */
  dataFolder: string
  /** the worker threads' entry: workers/worker-main, as source or built */
  workerEntry: URL
  /** the command line's program, hosts/cli/main, as source or built: the demo's sandbox runs in it; without it there is no demo */
  cliEntry?: URL | undefined
  /** what that program gets as its environment; default: that of this process */
  cliEnvironment?: NodeJS.ProcessEnv | undefined
  version: string
  /** threads of one verification or restore; default: one per processor */
  threadCount?: number | undefined
  /** threads started at once, so that the first task need not wait; default: as many as threadCount */
  warmThreadCount?: number | undefined
  homeFolder?: string | undefined
  clock?: Clock | undefined
  /** how the demo's sandbox is started; default: `cliEntry` as a process of its own */
  spawnSandbox?: SpawnSandbox | undefined
  /** how often servers are asked */
  serverTimings?: Partial<ServerTimings> | undefined
}

/** Builds everything there is, from its options alone: the only place where parts are put together. */
export async function createCore(options: CoreOptions) {
  const clock = options.clock ?? systemClock
  const threadCount = options.threadCount ?? availableParallelism()
  const homeFolder = options.homeFolder ?? homedir()
  const catalogPath = join(options.dataFolder, 'catalog.db')
  const database = openCatalog(catalogPath)
  const pool = new WorkerPool({
    entry: options.workerEntry,
    warmCount: options.warmThreadCount ?? threadCount,
    threadsMax: Math.max(limits.workerThreadsMax, threadCount),
  })
  const jobs = new JobManager({ database, clock, onFinished: (job) => sources.jobFinished(job) })
  const sources = new SourceRegistry({ database, pool, jobs, clock, homeFolder, catalogPath })
  jobs.register(indexKind({ pool, catalogPath, clock }))
  jobs.register(verifyKind({ pool, threadCount, database, clock }))
  jobs.register(restoreKind({ pool, threadCount, clock }))
  jobs.register(recoveryKind({ pool, threadCount, clock }))
  jobs.register(countKind({ pool, threadCount }))
  jobs.register(compareKind({ pool }))
  jobs.register(accidentsKind({ pool }))
  const servers = new ServerRegistry({ database, clock, timings: options.serverTimings })
  const demo = new DemoRunner({
    dataFolder: options.dataFolder,
    spawn:
      options.spawnSandbox ??
      (options.cliEntry === undefined ? null : spawnFrom(options.cliEntry, options.cliEnvironment)),
    servers,
    sources,
    jobs,
    isRunning: (instanceId) => hasInstance(database, instanceId),
  })
  jobs.register(serverBackupKind({ servers, clock }))
  jobs.register(serverVerifyKind({ servers }))
  jobs.register(demo.kind)
  const states = { pool, jobs, places: new StatePlaces({ sources, clock }) }

  const keepAlive = () => {
    const nowUs = clock.nowUs()
    beat(database, { instanceId: jobs.instanceId, processId: process.pid, nowUs })
    markInterrupted(database, {
      isAlive: (instance) => isProcessAlive(instance, { ownInstanceId: jobs.instanceId, nowUs }),
      resumableKinds: ['restore', 'recovery'],
      nowUs,
    })
  }
  keepAlive()
  const heartbeat = setInterval(() => {
    try {
      keepAlive()
    } catch {
      // a full disk or a busy catalogue does not end the program: the next beat tries again
    }
  }, HEARTBEAT_MS)
  heartbeat.unref()

  const services: Services = {
    info: {
      version: options.version,
      platform: process.platform,
      dataFolder: options.dataFolder,
      homeFolder,
      workerCount: threadCount,
    },
    database,
    jobs,
    sources,
    data: dataService(states),
    compare: compareService(states),
    commits: commitService(states),
    verify: {
      start: ({ sourceId, backupIds, level }) => {
        const { path } = sources.get(sourceId)
        return { jobId: jobs.start('verify', sourceId, { sourceId, path, backupIds, level }).jobId }
      },
    },
    restore: restoreService({ database, pool, jobs, sources }),
    recovery: recoveryService({ database, dataFolder: options.dataFolder, pool, jobs, sources, clock }),
    servers: serverService({ servers, jobs, demo }),
  }
  const router = createRouter(services)
  return {
    router,
    /** the same calls without a wire */
    client: createRouterClient(router),
    /** resolves when a job of this process came to its end */
    jobFinished: (jobId: number) => jobs.finished(jobId),
    /** Stops everything; running restores can be resumed by the next core on this data folder. */
    async close(): Promise<void> {
      clearInterval(heartbeat)
      servers.close()
      const ended = jobs.close()
      await Promise.all([pool.close(), demo.close()])
      await ended()
      endInstance(database, jobs.instanceId)
      database.close()
    },
  }
}

export type Core = Awaited<ReturnType<typeof createCore>>
