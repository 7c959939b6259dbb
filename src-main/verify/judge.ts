import { combineCrc32c } from '../rocksdb/crc32c.ts'
import type { FoundProblem, PlannedFile, VerificationPlan } from './plan.ts'
import type { SharedWork } from './work-list.ts'

const USERS_MAX = 20

/** A problem with the backups that it makes unrestorable. */
export type JudgedProblem = FoundProblem & { backupIds: number[]; backupCount: number }

export type Judgement = {
  outcome: 'passed' | 'failed'
  problems: JudgedProblem[]
  backups: { backupId: number; metaDigest: string; outcome: 'passed' | 'failed' }[]
  unprovableFileCount: number
}

/** Compares what was hashed with what the meta files promise. `work` is null when nothing was hashed. */
export function judge(plan: VerificationPlan, work: SharedWork | null, foundWhileReading: FoundProblem[]): Judgement {
  // what a file holds says nothing of its checksum
  const contents = foundWhileReading.filter(({ kind }) => kind === 'contents')
  const found = uniqueByPath(foundWhileReading.filter(({ kind }) => kind !== 'contents'))
  if (work !== null) found.push(...mismatches(plan.files, work, new Set(found.map((problem) => problem.path))))
  found.push(...contents)
  const all = [...plan.problems, ...found]
  const concerned = (problem: FoundProblem) => problem.backupIds ?? plan.usersByPath.get(problem.path) ?? []
  const problems = all.map((problem) => {
    const users = concerned(problem)
    return { ...problem, backupIds: users.slice(0, USERS_MAX), backupCount: users.length }
  })
  const failed = new Set(all.flatMap(concerned))
  return {
    outcome: problems.length === 0 ? 'passed' : 'failed',
    problems,
    backups: plan.backups.map((backup) => ({ ...backup, outcome: failed.has(backup.backupId) ? 'failed' : 'passed' })),
    unprovableFileCount: plan.files.filter((file) => file.crc32c === null).length,
  }
}

function mismatches(files: PlannedFile[], work: SharedWork, unreadable: ReadonlySet<string>): FoundProblem[] {
  const found = combineRanges(files.length, work)
  const problems: FoundProblem[] = []
  files.forEach((file, index) => {
    if (file.crc32c === null || unreadable.has(file.path) || found[index] === file.crc32c) return
    problems.push({
      path: file.path,
      kind: 'checksum',
      expected: `crc32c ${file.crc32c}`,
      found: `crc32c ${found[index]}`,
    })
  })
  return problems
}

/** The checksum of each file from those of its ranges. */
function combineRanges(fileCount: number, work: SharedWork): Uint32Array {
  const fileIndex = new Int32Array(work.fileIndex)
  const lengths = new Float64Array(work.lengthBytes)
  const crcs = new Uint32Array(work.crc32c)
  const whole = new Uint32Array(fileCount)
  for (let range = 0; range < fileIndex.length; range += 1) {
    const file = fileIndex[range] ?? 0
    const crc = crcs[range] ?? 0
    const isFirst = range === 0 || fileIndex[range - 1] !== file
    whole[file] = isFirst ? crc : combineCrc32c(whole[file] ?? 0, crc, lengths[range] ?? 0)
  }
  return whole
}

function uniqueByPath(problems: FoundProblem[]): FoundProblem[] {
  const seen = new Set<string>()
  return problems.filter((problem) => !seen.has(problem.path) && seen.add(problem.path))
}
