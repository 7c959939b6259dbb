import { randomUUID } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { type Clock, systemClock } from '#base/clock.ts'
import { nodeFileLayer } from '#base/file-layer.ts'
import { limits } from '#base/limits.ts'
import { Agent } from '../agent/agent.ts'
import type { CreateOrder } from '../agent/backup-service.ts'
import { adminCommands } from '../agent/commands.ts'
import { expectedErrorReply } from '../agent/error-reply.ts'
import { createLog, type Log } from '../agent/log.ts'
import { type AgentCounters, metricsText, serveMetrics } from '../agent/metrics.ts'
import type { InPlaceRestore } from '../agent/restorer.ts'
import { Schedule } from '../agent/schedule.ts'
import { WorkerPool } from '../jobs/worker-pool.ts'
import { BackupDirectory } from '../repository/backup-directory.ts'
import { DatabaseDirectory } from '../repository/database-directory.ts'
import { readLogOptions } from '../repository/log-options.ts'
import { ownProcess } from '../repository/own/lock/process-facts.ts'
import { HEARTBEAT_INTERVAL_US, WriterLock } from '../repository/own/lock/writer-lock.ts'
import { adoptRepository, prepareRepository } from '../repository/own/open-repository.ts'
import { readPolicy } from '../repository/own/policy.ts'
import { removeLeftovers } from '../repository/own/remove/leftovers.ts'
import type { RepositoryWriter } from '../repository/own/writer.ts'
import type { Command } from '../resp/command-table.ts'
import type { ListenAddress } from '../resp/listen-address.ts'
import { errorReply } from '../resp/reply.ts'
import { RespServer } from '../resp/resp-server.ts'
import type { TlsSettings } from '../resp/tls-server.ts'
import type { UserSettings } from '../resp/users.ts'
import { agentThreads } from './agent-threads.ts'
import { ArchiveLine } from './archive-line.ts'
import { refuseInside } from './refuse-inside.ts'

const POLL_MS = 20
const CLOSE_GRACE_MS = 5000
/** a holder of which nothing certain is known counts as gone after a minute of silence */
const LOCK_WAIT_MS = 75_000

export type CreateAgentOptions = {
  readonly program: 'agent' | 'sandbox'
  readonly version: string
  readonly databaseDirectory: string
  readonly repositoryPath: string
  /** the worker threads' entry */
  readonly workerEntry: URL
  readonly listen: ListenAddress
  readonly users: readonly UserSettings[]
  readonly tls: TlsSettings | null
  readonly isInsecure: boolean
  /** of a full backup; 0: no limit */
  readonly rateLimitBytesPerSecond: number
  /** null: no metrics */
  readonly metrics: ListenAddress | null
  /** of the log on standard error: silent, error, warn, info, debug */
  readonly logLevel: string
  readonly threadCount?: number | undefined
  readonly clock?: Clock | undefined
  /** a database that runs in this process */
  readonly cooperation?: Cooperation | undefined
  /** the repository is not this process's any more: nothing was written since */
  readonly onLost: (failure: AppError) => void
}

export type Cooperation = {
  readonly commands: readonly Command[]
  readonly lastSequence: () => number
  readonly beforeFull: () => Promise<void>
  /** how a restored database takes its place */
  readonly inPlace: (archive: ArchiveLine) => InPlaceRestore
}

export type RunningAgent = {
  readonly agent: Agent
  readonly archive: ArchiveLine
  readonly address: ListenAddress
  readonly metricsPort: number | null
  /** Ends what runs, archives what there is, gives the repository back. */
  readonly close: () => Promise<void>
}

/**
 * Takes a repository, archives the database, and serves ADMIN.BACKUP: an agent, or that of a sandbox.
 * @throws AppError REPOSITORY_BUSY, TARGET_NOT_EMPTY, NOT_A_DATABASE_DIRECTORY, BAD_REQUEST, … Nothing is held then.
 */
export async function createAgent(options: CreateAgentOptions): Promise<RunningAgent> {
  const clock = options.clock ?? systemClock
  const log = createLog(options.logLevel)
  const closers: (() => Promise<unknown> | unknown)[] = []
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) {
      try {
        await closer()
      } catch (failure) {
        log.error({ err: failure }, 'something could not be ended in order')
      }
    }
  }
  try {
    const database = databaseFacts(options.databaseDirectory)
    const instanceId = randomUUID()
    const { lock, writer } = await takeRepository(options, {
      clock,
      instanceId,
      log,
      databaseDirectory: database.databaseDirectory,
    })
    closers.push(() => lock.release())
    const heartbeat = setInterval(() => {
      try {
        lock.beat()
      } catch (failure) {
        if (!(failure instanceof AppError && failure.code === 'REPOSITORY_BUSY')) {
          log.error({ err: failure }, 'the lock could not be renewed, and is tried again')
          return
        }
        log.fatal({ err: failure }, 'the repository is not held any more: nothing is written to it from here on')
        options.onLost(failure)
      }
    }, HEARTBEAT_INTERVAL_US / 1000)
    closers.push(() => clearInterval(heartbeat))
    // the database keeps a processor for itself
    const threadCount = options.threadCount ?? Math.max(1, availableParallelism() - 1)
    const pool = new WorkerPool({
      entry: options.workerEntry,
      warmCount: 1,
      threadsMax: Math.max(limits.workerThreadsMax, threadCount),
    })
    closers.push(() => pool.close())
    const archive = await ArchiveLine.start({
      ...database,
      writer,
      instanceId,
      workerEntry: options.workerEntry,
      pollMs: POLL_MS,
      log,
    })
    closers.push(() => archive.stop())
    const { databaseDirectory } = database
    const threads = agentThreads({ pool, threadCount, databaseDirectory, root: writer.root, instanceId, clock })
    const counters = new Counters()
    const agent = new Agent({
      root: writer.root,
      timeline: () => archive.timeline,
      policy: readPolicy(new BackupDirectory(writer.root)),
      threads,
      archiver: archive,
      clock,
      rateLimitBytesPerSecond: options.rateLimitBytesPerSecond,
      lastSequence: options.cooperation?.lastSequence ?? (() => null),
      beforeFull: options.cooperation?.beforeFull ?? (async () => {}),
      inPlace: options.cooperation?.inPlace?.(archive) ?? null,
      events: {
        backupMade(backup) {
          counters.made(clock.nowUs())
          log.info(backup, 'a backup was made')
        },
        backupFailed(failure) {
          counters.failedBackupCount += 1
          log.error({ err: failure }, 'a backup or retention failed')
        },
        verificationFailed: (report) => {
          counters.failedVerificationCount += 1
          log.error(report, 'a verification found what is not sound')
        },
        warned: (about, warnings) => log.warn({ about, warnings }, 'a warning'),
        restored: ({ plan, path, previousPath }) =>
          log.info(
            { path, previousPath, target: plan.target, sequence: plan.effective.sequence },
            'a state was restored',
          ),
        pruned: (backups) => log.info({ backups }, 'retention removed backups'),
        policyChanged(policy) {
          log.info(policy, 'the policy was changed')
          schedule.set(policy.schedule)
        },
      },
    })
    closers.push(() => agent.close())
    await agent.refresh()
    const schedule = new Schedule(scheduledWork(agent), (name, failure) =>
      log.error({ err: failure, name }, 'what was scheduled failed'),
    )
    schedule.set(agent.policy().schedule)
    closers.push(() => schedule.stop())
    const server = await RespServer.start({
      commands: [...adminCommands(agent), ...(options.cooperation?.commands ?? [])].map((command) => ({
        ...command,
        run(args, session) {
          counters.commandCount += 1
          return command.run(args, session)
        },
      })),
      listen: options.listen,
      tls: options.tls ?? undefined,
      users: options.users,
      isInsecure: options.isInsecure,
      identity: { name: `lifeboat-${options.program}`, version: options.version },
      infoSections: () => [
        {
          name: 'Server',
          fields: { lifeboat_version: options.version, lifeboat_program: options.program, redis_mode: 'standalone' },
        },
        { name: 'Lifeboat', fields: infoFields(agent) },
      ],
      errorReply: (error) => expectedErrorReply(error) ?? errorReply('ERR', 'internal error'),
      onBug: (error) => log.error({ err: error }, 'a fault in Lifeboat'),
      clock,
    })
    closers.push(() => server.close(CLOSE_GRACE_MS))
    const metrics = options.metrics
    const metricsPort =
      metrics === null
        ? null
        : await serveMetrics({
            ...metrics,
            read: () => metricsText(agent.status(), counters.read(server.connectionCount)),
          })
    if (metricsPort !== null) closers.push(() => metricsPort.close())
    log.info({ ...server.address, repository: writer.root, database: databaseDirectory }, 'ready')
    return { agent, archive, address: server.address, metricsPort: metricsPort?.port ?? null, close }
  } catch (cause) {
    await close()
    throw cause
  }
}

class Counters {
  commandCount = 0
  failedBackupCount = 0
  failedVerificationCount = 0
  #madeBackupCount = 0
  #lastBackupAtUs: number | null = null

  made(nowUs: number): void {
    this.#madeBackupCount += 1
    this.#lastBackupAtUs = nowUs
  }

  read(connectionCount: number): AgentCounters {
    const { commandCount, failedBackupCount, failedVerificationCount } = this
    return {
      connectionCount,
      commandCount,
      failedBackupCount,
      failedVerificationCount,
      madeBackupCount: this.#madeBackupCount,
      lastBackupAtUs: this.#lastBackupAtUs,
    }
  }
}

function databaseFacts(path: string): { databaseDirectory: string; walDirectory: string | null } {
  const directory = new DatabaseDirectory(path)
  try {
    return { databaseDirectory: directory.root, walDirectory: readLogOptions(directory.fileSet).walDirectory }
  } finally {
    directory.close()
  }
}

async function takeRepository(
  options: CreateAgentOptions,
  order: { clock: Clock; instanceId: string; log: Log; databaseDirectory: string },
): Promise<{ lock: WriterLock; writer: RepositoryWriter }> {
  const { clock, instanceId, log, databaseDirectory } = order
  refuseInside(databaseDirectory, options.repositoryPath, 'the repository')
  prepareRepository(resolve(options.repositoryPath), nodeFileLayer)
  const root = realpathSync(options.repositoryPath)
  const { program } = options
  const lock = new WriterLock({ root, layer: nodeFileLayer, clock, program, instanceId, process: ownProcess() })
  const writer = await lock.acquireWithin(LOCK_WAIT_MS, {
    onWaiting: (refusal) => log.warn({ err: refusal }, 'waiting for the lock of the repository'),
  })
  try {
    adoptRepository(writer, randomUUID())
    const removed = removeLeftovers(writer)
    if (removed.fileCount > 0) log.info(removed, 'what was left of interrupted work was removed')
    return { lock, writer }
  } catch (cause) {
    lock.release()
    throw cause
  }
}

function scheduledWork(agent: Agent) {
  const order = (kind: CreateOrder['kind']) => ({ kind, label: null, isAsync: false })
  return {
    full: () => agent.whenFree(() => agent.create(order('full'))),
    // where an incremental one is not possible a full is made: a gap must not end protection
    incremental: () => agent.whenFree(() => agent.create(order(null))),
    verify: async () => {
      const [newest] = await agent.list({ limit: 1, beforeId: null })
      if (newest !== undefined) await agent.verify(newest.backupId, 'checksum')
    },
    prune: () => agent.whenFree(() => agent.prune({ isDryRun: false })),
  }
}

function infoFields(agent: Agent): Record<string, string | number> {
  const status = agent.status()
  return {
    timeline: status.timeline,
    last_seq: status.lastSequence,
    archived_seq: status.archivedSequence,
    archive_lag_us: status.archiveLagUs,
    recoverable_from_us: status.recoverableFromUs ?? '',
    recoverable_to_us: status.recoverableToUs ?? '',
    running_job: status.job ?? '',
  }
}
