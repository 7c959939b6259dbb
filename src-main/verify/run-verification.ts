import type { ControlSwitch } from '#base/abort.ts'
import type { Clock } from '#base/clock.ts'
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
 * level checksum reads every byte.
 * @throws StoppedError when the control switch was stopped; AppError when the directory cannot be opened
 */
export async function runVerification(
  order: VerificationOrder & { level: 'presence' | 'checksum' },
  ports: VerificationPorts,
): Promise<VerificationRun> {
  const startedAtUs = ports.clock.nowUs()
  ports.trackProgress(() => waiting('Reading meta files'))
  const plan = await ports.plan({ path: order.path, backupIds: order.backupIds })
  let work: SharedWork | null = null
  let problems: FoundProblem[] = []
  if (order.level === 'checksum' && plan.files.length > 0) {
    const totalBytes = plan.files.reduce((sum, file) => sum + file.sizeBytes, 0)
    const threadCount = totalBytes <= ONE_THREAD_BYTES ? 1 : ports.threadCount
    work = makeWork(
      plan.files.map((file) => file.sizeBytes),
      threadCount,
    )
    ports.trackProgress(progressReader(plan, work, totalBytes))
    problems = await hashInThreads(plan, work, threadCount, ports)
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
