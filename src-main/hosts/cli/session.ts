import { readFileSync } from 'node:fs'
import { fromErrorInfo } from '#base/error-info.ts'
import { errorCodes, type Job, type JobKind, type JobResult, type Source } from '#contract'
import { type Core, createCore } from '../../core/create-core.ts'
import { clearProgress, print, progressLine } from './render.ts'
import { cliEntry, workerEntry } from './worker-entry.ts'

/** What every command gets: a core, how to print, and Ctrl-C. */
export type CommandOptions = { dataFolder: string; json: boolean }

/** Starts a core for one command and ends it after, whatever happens. */
export async function withCore<Result>(options: CommandOptions, run: (core: Core) => Promise<Result>): Promise<Result> {
  const core = await createCore({
    dataFolder: options.dataFolder,
    workerEntry: workerEntry(),
    cliEntry: cliEntry(),
    version: packageVersion(),
    // a listing needs one thread; the pool grows when a job needs more
    warmThreadCount: 1,
  })
  try {
    return await run(core)
  } finally {
    await core.close()
  }
}

/** Opens a directory and waits until it is indexed. @throws the reason when it cannot be */
export async function openIndexed(core: Core, path: string): Promise<Source> {
  for (;;) {
    const opened = await core.client.sources.open({ path })
    if (opened.indexJobId !== null) await core.jobFinished(opened.indexJobId)
    const source = await core.client.sources.get({ sourceId: opened.sourceId })
    if (source.error !== null) throw fromErrorInfo(source.error)
    // another process may have begun to index it, and died over it
    if (source.state !== 'indexing') return source
  }
}

/**
 * Follows a job from its start to its end, its progress on the terminal. The first Ctrl-C cancels it and waits; the second
 * quits. That holds from the call on: a Ctrl-C that comes before the start is confirmed cancels the job all the same.
 */
async function follow(core: Core, starting: Promise<{ jobId: number }>, render: (job: Job) => void): Promise<Job> {
  let isCancelled = false
  const onInterrupt = () => {
    if (isCancelled) process.exit(130)
    isCancelled = true
    // it ended in this very moment: its outcome is shown
    void starting.then(({ jobId }) => core.client.jobs.cancel({ jobId })).catch(() => {})
  }
  process.on('SIGINT', onInterrupt)
  // a line that cannot be drawn must not end the command that does the work
  const draw = () => void starting.then(({ jobId }) => core.client.jobs.get({ jobId })).then(render, () => {})
  const timer = setInterval(draw, 250)
  try {
    return await core.jobFinished((await starting).jobId)
  } finally {
    clearInterval(timer)
    process.off('SIGINT', onInterrupt)
  }
}

/**
 * Follows a job that was just started, and gives its result. Null when it was cancelled: that is said, and decides the exit status.
 * @throws why it failed
 */
export async function resultOf<Kind extends JobKind>(
  core: Core,
  starting: Promise<{ jobId: number }>,
  { kind, json, stopped }: { kind: Kind; json: boolean; stopped: string },
): Promise<Extract<JobResult, { kind: Kind }> | null> {
  const job = await follow(core, starting, progressLine)
  clearProgress()
  if (job.error !== null) throw fromErrorInfo(job.error)
  const { result } = job
  if (result !== null && isOfKind(result, kind)) return result
  process.exitCode = errorCodes.STOPPED
  print(json, job, () => stopped)
  return null
}

function isOfKind<Kind extends JobKind>(result: JobResult, kind: Kind): result is Extract<JobResult, { kind: Kind }> {
  return result.kind === kind
}

/** The version in package.json, two levels up from the built bundle and three from the source. */
export function packageVersion(): string {
  const up = import.meta.url.endsWith('.ts') ? '../../../package.json' : '../../package.json'
  const parsed: unknown = JSON.parse(readFileSync(new URL(up, import.meta.url), 'utf8'))
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : 'unknown'
}
