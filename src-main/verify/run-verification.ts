import type { ControlSwitch } from '#base/abort.ts'
import type { Clock } from '#base/clock.ts'
import type { ContentTask, ContentTaskOutput } from './check-contents.ts'
import type { HashTask, HashTaskOutput } from './hash-ranges.ts'
import { type Judgement, judge } from './judge.ts'
import type { FoundProblem, VerificationOrder, VerificationPlan } from './plan.ts'
import { makeWork, readProgress, type SharedWork } from './work-list.ts'

// starting a second thread costs more than hashing this much
const ONE_THREAD_BYTES = 64 * 1024 * 1024

export type VerificationProgress = {
  phase: string
  doneBytes: number
  totalBytes: number | null
  doneCount: number
  totalCount: number | null
  currentFile: string | null
}

/** What a verification needs from whoever runs it: threads, and somebody who watches. */
export type VerificationPorts = {
  threadCount: number
  plan(order: VerificationOrder): Promise<VerificationPlan>
  hash(task: HashTask): Promise<HashTaskOutput>
  checkContents(task: ContentTask): Promise<ContentTaskOutput>
  control: ControlSwitch
  trackProgress(read: () => VerificationProgress): void
  clock: Clock
}

export type VerificationRun = Judgement & {
  startedAtUs: number
  finishedAtUs: number
  fileCount: number
  checkedBytes: number
}

/**
 * Verifies backups: every file that they name once, however many share it. Level presence looks at names and sizes,
 * level checksum reads every byte, level deep reads them once more by the rules of their formats.
 * @throws StoppedError when the control switch was stopped; AppError when the directory cannot be opened
 */
export async function runVerification(
  order: VerificationOrder & { level: 'presence' | 'checksum' | 'deep' },
  ports: VerificationPorts,
): Promise<VerificationRun> {
  const startedAtUs = ports.clock.nowUs()
  ports.trackProgress(() => waiting('Reading meta files'))
  const plan = await ports.plan({ path: order.path, backupIds: order.backupIds })
  let work: SharedWork | null = null
  let problems: FoundProblem[] = []
  if (order.level !== 'presence' && plan.files.length > 0) {
    const totalBytes = plan.files.reduce((sum, file) => sum + file.sizeBytes, 0)
    const threadCount = totalBytes <= ONE_THREAD_BYTES ? 1 : ports.threadCount
    work = makeWork(
      plan.files.map((file) => file.sizeBytes),
      threadCount,
    )
    ports.trackProgress(progressReader(plan, work, totalBytes))
    problems = await hashInThreads(plan, work, threadCount, ports)
    // after the checksums: what fails them need not be read again
    if (order.level === 'deep') problems.push(...(await checkInThreads(plan, problems, threadCount, ports)))
  }
  return {
    ...judge(plan, work, problems),
    startedAtUs,
    finishedAtUs: ports.clock.nowUs(),
    fileCount: plan.files.length,
    checkedBytes: work === null ? 0 : readProgress(work).doneBytes,
  }
}

async function hashInThreads(
  plan: VerificationPlan,
  work: SharedWork,
  threadCount: number,
  ports: VerificationPorts,
): Promise<FoundProblem[]> {
  const files = plan.files.map(({ path, sizeBytes }) => ({ path, sizeBytes }))
  const outputs = await Promise.allSettled(
    Array.from({ length: threadCount }, (_, slot) =>
      ports.hash({ path: plan.root, files, work, control: ports.control.shared, slot }),
    ),
  )
  return outputs.flatMap((output) => {
    if (output.status === 'rejected') throw output.reason
    return output.value.problems
  })
}

async function checkInThreads(
  plan: VerificationPlan,
  found: readonly FoundProblem[],
  threadCount: number,
  ports: VerificationPorts,
): Promise<FoundProblem[]> {
  const failed = new Set(found.map((problem) => problem.path))
  const files = plan.files.filter(({ path }) => !failed.has(path)).map(({ path, sizeBytes }) => ({ path, sizeBytes }))
  const next = new SharedArrayBuffer(4)
  const progress = new SharedArrayBuffer(threadCount * 16)
  const totalBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0)
  ports.trackProgress(() => {
    const fields = new Float64Array(progress)
    const sum = (start: number) => fields.reduce((total, field, index) => total + (index % 2 === start ? field : 0), 0)
    const done = { doneBytes: sum(0), totalBytes, doneCount: sum(1), totalCount: files.length }
    return { phase: 'Reading contents', ...done, currentFile: null }
  })
  const control = ports.control.shared
  const outputs = await Promise.allSettled(
    Array.from({ length: threadCount }, (_, slot) =>
      ports.checkContents({ path: plan.root, files, next, progress, control, slot }),
    ),
  )
  return outputs.flatMap((output) => {
    if (output.status === 'rejected') throw output.reason
    return output.value.problems
  })
}

function progressReader(plan: VerificationPlan, work: SharedWork, totalBytes: number): () => VerificationProgress {
  const rangeCount = work.fileIndex.byteLength / 4
  return () => {
    const { doneBytes, doneRanges, fileIndex } = readProgress(work)
    return {
      phase: 'Comparing checksums',
      doneBytes,
      totalBytes,
      doneCount: Math.floor((doneRanges / rangeCount) * plan.files.length),
      totalCount: plan.files.length,
      currentFile: plan.files[fileIndex]?.path ?? null,
    }
  }
}

function waiting(phase: string): VerificationProgress {
  return { phase, doneBytes: 0, totalBytes: null, doneCount: 0, totalCount: null, currentFile: null }
}
