import { ControlSwitch } from '#base/abort.ts'
import type { Clock } from '#base/clock.ts'
import type { ListedBackup } from '../repository/own/list/listed-backup.ts'
import type { FoundProblem } from '../verify/plan.ts'
import { runVerification } from '../verify/run-verification.ts'
import type { VerificationLevel, VerificationReport } from './backup-service.ts'
import type { AgentThreads } from './threads.ts'

const PROBLEMS_MAX = 100

/**
 * Proves a backup and everything that a restore of it needs: the files of its full, and the segments of the incremental ones.
 * @param chain from the full to the backup
 * @throws AppError, StoppedError
 */
export async function verifyChain(
  chain: readonly ListedBackup[],
  level: VerificationLevel,
  ports: { readonly root: string; readonly threads: AgentThreads; readonly clock: Clock },
): Promise<VerificationReport> {
  const { root, threads, clock } = ports
  const startedAtUs = clock.monotonicUs()
  const control = new ControlSwitch()
  const problems = chain.flatMap((backup) => backup.problems.map((damage) => `${damage.file}: ${damage.problem}`))
  let readBytes = 0
  let fileCount = 0
  for (const backup of chain) {
    if (backup.kind === 'full') {
      const run = await runVerification(
        { path: root, backupIds: [backup.id], level },
        {
          threadCount: threads.threadCount,
          clock,
          control,
          trackProgress: () => {},
          plan: threads.planVerification,
          hash: threads.hashRanges,
          checkContents: threads.checkContents,
        },
      )
      problems.push(...run.problems.map(problemText))
      readBytes += run.checkedBytes
      fileCount += run.fileCount
    } else {
      const files = await threads.filesOf(backup)
      const checked = await threads.checkSegments({ files, level, control: control.shared })
      problems.push(...checked.problems)
      readBytes += checked.readBytes
      fileCount += files.length
    }
  }
  const last = chain.at(-1)
  return {
    backupId: last?.id ?? 0,
    level,
    result: problems.length === 0 && last?.chainIds.length === chain.length ? 'passed' : 'failed',
    readBytes,
    fileCount,
    durationUs: clock.monotonicUs() - startedAtUs,
    problems: [...new Set(problems)].slice(0, PROBLEMS_MAX),
  }
}

function problemText({ path, kind, expected, found }: FoundProblem): string {
  const facts = [expected === null ? '' : `expected ${expected}`, found === null ? '' : `found ${found}`].filter(
    Boolean,
  )
  return `${path}: ${kind}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`
}
