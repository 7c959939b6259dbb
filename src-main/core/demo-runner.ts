import { StoppedError } from '#base/abort.ts'
import { AppError } from '#base/app-error.ts'
import { assert } from '#base/assert.ts'
import type { JobResult, Progress } from '#contract'
import type { SourceService } from '../api/services.ts'
import type { JobContext, JobKindDefinition } from '../jobs/job-kind.ts'
import type { JobManager } from '../jobs/manager.ts'
import type { DemoEvent } from './demo-events.ts'
import { type DemoFolder, makeDemoFolder } from './demo-folder.ts'
import { DemoProcess, type SpawnSandbox } from './demo-process.ts'
import type { ServerRegistry } from './server-registry.ts'
import { StopRequest } from './stop-request.ts'

type ReadyEvent = Extract<DemoEvent, { event: 'demo-ready' }>

/** What runs of the demo in this process. */
type Running = { readonly jobId: number; process: DemoProcess | null; serverId: number | null }

/** The demo: a sandbox with data, backups and an accident as a process of its own, added as a server and opened as a source. */
export class DemoRunner {
  readonly #dataFolder: string
  readonly #spawn: SpawnSandbox | null
  readonly #servers: ServerRegistry
  readonly #sources: SourceService
  readonly #jobs: JobManager
  readonly #isRunning: (instanceId: string) => boolean
  #running: Running | null = null

  /** @param options.spawn null: this host cannot start one */
  constructor(options: {
    dataFolder: string
    spawn: SpawnSandbox | null
    servers: ServerRegistry
    sources: SourceService
    jobs: JobManager
    isRunning: (instanceId: string) => boolean
  }) {
    this.#dataFolder = options.dataFolder
    this.#spawn = options.spawn
    this.#servers = options.servers
    this.#sources = options.sources
    this.#jobs = options.jobs
    this.#isRunning = options.isRunning
  }

  get kind(): JobKindDefinition<null> {
    return {
      kind: 'demo',
      title: () => 'Start the demo',
      backupIdOf: () => null,
      run: (context) => this.#run(context),
      resume: null,
    }
  }

  /** The job of the demo that runs already, or of a new one. */
  start(): { jobId: number } {
    if (this.#running === null)
      this.#running = { jobId: this.#jobs.start('demo', null, null).jobId, process: null, serverId: null }
    return { jobId: this.#running.jobId }
  }

  /** Ends the sandbox when this server is the demo's. */
  async serverForgotten(serverId: number): Promise<void> {
    if (this.#running?.serverId === serverId) await this.#running.process?.stop()
  }

  async close(): Promise<void> {
    await this.#running?.process?.stop()
  }

  async #run(context: JobContext): Promise<JobResult> {
    const running = this.#running
    assert(running !== null && running.jobId === context.jobId, 'a demo is started by its own call')
    const stop = new StopRequest(context.control)
    try {
      return await this.#prepare(running, context, stop)
    } catch (thrown) {
      this.#running = null
      this.#servers.forgetDemos(this.#jobs.instanceId)
      await running.process?.stop()
      throw thrown
    } finally {
      stop.end()
    }
  }

  async #prepare(running: Running, context: JobContext, stop: StopRequest): Promise<JobResult> {
    if (this.#spawn === null) throw noSandbox()
    const { instanceId } = this.#jobs
    // an earlier one of ours has ended: two do not run
    this.#servers.forgetDemos(instanceId)
    const folder = makeDemoFolder({ dataFolder: this.#dataFolder, instanceId, isRunning: this.#isRunning })
    const listening = Promise.withResolvers<{ host: string; port: number }>()
    const ready = Promise.withResolvers<ReadyEvent>()
    const shown = { step: 'Starting the sandbox', doneCount: 0, totalCount: null as number | null }
    context.trackProgress(() => progressOf(shown))
    const child = new DemoProcess(this.#spawn(sandboxArguments(folder)), (event) => {
      if (event.event === 'listening') listening.resolve(event)
      else if (event.event === 'demo-ready') ready.resolve(event)
      else Object.assign(shown, { step: event.step, doneCount: event.doneCount, totalCount: event.totalCount })
    })
    running.process = child
    void child.ended.then(() => this.#ended(running))
    const orEnded = async <Value>(awaited: Promise<Value>): Promise<Value> => {
      const ended = child.ended.then(() => Promise.reject(child.endedError()))
      const got = await stop.orStopped(Promise.race([awaited, ended]))
      if (got === null) throw new StoppedError('stopped on request')
      return got.value
    }

    const { host, port } = await orEnded(listening.promise)
    const { serverId } = await orEnded(this.#servers.addDemo({ name: 'Demo', host, port, demoInstanceId: instanceId }))
    running.serverId = serverId
    const { accidentAtUs, lastGoodSequence, fullId, incrementIds } = await orEnded(ready.promise)
    shown.step = 'Opening its repository'
    const { sourceId, indexJobId } = await orEnded(this.#sources.open(folder.repositoryPath))
    if (indexJobId !== null) await orEnded(this.#jobs.finished(indexJobId))
    this.#servers.setSource(serverId, sourceId)
    // its backups were made since it was asked
    await orEnded(this.#servers.refresh(serverId))
    return { kind: 'demo', serverId, sourceId, accidentAtUs, lastGoodSequence, fullId, incrementIds }
  }

  /** The sandbox is gone: the next start makes a new one. */
  #ended(running: Running): void {
    if (this.#running === running) this.#running = null
  }
}

function sandboxArguments({ path, dataPath, repositoryPath }: DemoFolder): string[] {
  const own = ['--data-folder', `${path}/own`, '--json']
  return [
    ...own,
    'sandbox',
    '--demo',
    '--end-with-input',
    '--data',
    dataPath,
    '--repo',
    repositoryPath,
    '--listen',
    '127.0.0.1:0',
  ]
}

function progressOf(shown: { step: string; doneCount: number; totalCount: number | null }): Progress {
  const { step, doneCount, totalCount } = shown
  return { phase: step, doneBytes: 0, totalBytes: null, doneCount, totalCount, currentFile: null }
}

function noSandbox(): AppError {
  return new AppError('SERVER_LACKS_COMMAND', {
    message: 'this program cannot start a sandbox by itself',
    unharmed: 'Nothing was started.',
    nextStep: 'Run "lifeboat sandbox --demo" in a terminal, then add the server that it shows.',
  })
}
