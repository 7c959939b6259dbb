import type { ControlSwitch } from '#base/abort.ts'
import type { Clock } from '#base/clock.ts'
import { VERIFIED_PROBLEMS_MAX } from '../repository/own/format/records.ts'
import type { ListedBackup } from '../repository/own/list/listed-backup.ts'
import type { FoundProblem } from '../verify/plan.ts'
import { runVerification } from '../verify/run-verification.ts'
import type { VerificationLevel, VerificationReport } from './backup-service.ts'
import type { AgentThreads } from './threads.ts'

export type ChainPorts = {
  readonly root: string
  readonly threads: AgentThreads
  readonly clock: Clock
  readonly control: ControlSwitch
}

/**
 * Proves a backup and everything that a restore of it needs: the files of its full, and the segments of the incremental ones.
 * @param chain from the full to the backup
 * @returns a report of each of them by itself, in order
 * @throws AppError, StoppedError
 */
export async function verifyChain(
  chain: readonly ListedBackup[],
  level: VerificationLevel,
  ports: ChainPorts,
): Promise<VerificationReport[]> {
  const reports: VerificationReport[] = []
  for (const backup of chain) reports.push(await verifyMember(backup, level, ports))
  return reports
}

/** What the reports of a chain say of its last backup: it is as sound as all that it needs. */
export function reportOfChain(reports: readonly VerificationReport[]): VerificationReport {
  const sum = (field: 'readBytes' | 'fileCount' | 'durationUs') =>
    reports.reduce((total, report) => total + report[field], 0)
  const last = reports.at(-1)
  return {
    backupId: last?.backupId ?? 0,
    level: last?.level ?? 'presence',
    result: reports.every(({ result }) => result === 'passed') ? 'passed' : 'failed',
    readBytes: sum('readBytes'),
    fileCount: sum('fileCount'),
    durationUs: sum('durationUs'),
    problems: reports.flatMap(({ problems }) => problems).slice(0, VERIFIED_PROBLEMS_MAX),
  }
}

async function verifyMember(
  backup: ListedBackup,
  level: VerificationLevel,
  ports: ChainPorts,
): Promise<VerificationReport> {
  const startedAtUs = ports.clock.monotonicUs()
  const checked =
    backup.kind === 'full' ? await checkFull(backup.id, level, ports) : await checkIncrement(backup, level, ports)
  const listed = backup.problems.map((damage) => `${damage.file}: ${damage.problem}`)
  const problems = [...new Set([...listed, ...checked.problems])].slice(0, VERIFIED_PROBLEMS_MAX)
  return {
    backupId: backup.id,
    level,
    result: problems.length === 0 ? 'passed' : 'failed',
    readBytes: checked.readBytes,
    fileCount: checked.fileCount,
    durationUs: ports.clock.monotonicUs() - startedAtUs,
    problems,
  }
}

type Checked = { readonly readBytes: number; readonly fileCount: number; readonly problems: readonly string[] }

async function checkFull(
  backupId: number,
  level: VerificationLevel,
  { root, threads, clock, control }: ChainPorts,
): Promise<Checked> {
  const run = await runVerification(
    { path: root, backupIds: [backupId], level },
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
  return { readBytes: run.checkedBytes, fileCount: run.fileCount, problems: run.problems.map(problemText) }
}

async function checkIncrement(
  { id, kind }: ListedBackup,
  level: VerificationLevel,
  { threads, control }: ChainPorts,
): Promise<Checked> {
  const files = await threads.filesOf({ id, kind })
  const { readBytes, problems } = await threads.checkSegments({ files, level, control: control.shared })
  return { readBytes, fileCount: files.length, problems }
}

function problemText({ path, kind, expected, found }: FoundProblem): string {
  const facts = [expected === null ? '' : `expected ${expected}`, found === null ? '' : `found ${found}`].filter(
    Boolean,
  )
  return `${path}: ${kind}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`
}
