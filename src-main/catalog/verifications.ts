import type { Verification, VerificationLevel, VerificationProblem } from '#contract'
import type { ReadDatabase, WriteDatabase } from './open.ts'
import { statement } from './statements.ts'

const BACKUP_IDS_MAX = 1000

export type NewVerification = {
  sourceId: number
  level: VerificationLevel
  outcome: 'passed' | 'failed'
  startedAtUs: number
  finishedAtUs: number
  fileCount: number
  checkedBytes: number
  unprovableFileCount: number
  backups: readonly { backupId: number; metaDigest: string; outcome: 'passed' | 'failed' }[]
  problems: readonly VerificationProblem[]
}

/** Keeps a run for good, all of it or nothing. Returns its id. */
export function keepVerification(database: WriteDatabase, run: NewVerification): number {
  return database
    .transaction(() => {
      const { lastInsertRowid } = statement(
        database,
        `insert into verification (source_id, source_path, level, outcome, started_at_us, finished_at_us, file_count,
           checked_bytes, unprovable_file_count, problem_count)
         values (:sourceId, (select path from source where source_id = :sourceId), :level, :outcome, :startedAtUs,
           :finishedAtUs, :fileCount, :checkedBytes, :unprovableFileCount, :problemCount)`,
      ).run({
        sourceId: run.sourceId,
        level: run.level,
        outcome: run.outcome,
        startedAtUs: run.startedAtUs,
        finishedAtUs: run.finishedAtUs,
        fileCount: run.fileCount,
        checkedBytes: run.checkedBytes,
        unprovableFileCount: run.unprovableFileCount,
        problemCount: run.problems.length,
      })
      const verificationId = Number(lastInsertRowid)
      const addBackup = statement(database, 'insert into verification_backup values (?, ?, ?, ?)')
      for (const backup of run.backups) {
        addBackup.run(verificationId, backup.backupId, backup.metaDigest, backup.outcome)
      }
      const addProblem = statement(database, 'insert into verification_problem values (?, ?, ?, ?, ?, ?, ?, ?)')
      run.problems.forEach((problem, ordinal) => {
        const ids = JSON.stringify(problem.backupIds)
        addProblem.run(
          verificationId,
          ordinal,
          problem.path,
          problem.kind,
          problem.expected,
          problem.found,
          ids,
          problem.backupCount,
        )
      })
      return verificationId
    })
    .immediate()
}

type VerificationRow = Omit<Verification, 'backupIds'>

const SELECT = `
select v.verification_id as verificationId, v.source_id as sourceId, v.level, v.outcome, v.started_at_us as startedAtUs,
  v.finished_at_us as finishedAtUs, v.file_count as fileCount, v.checked_bytes as checkedBytes,
  v.unprovable_file_count as unprovableFileCount, v.problem_count as problemCount,
  (select count(*) from verification_backup where verification_id = v.verification_id) as backupCount
from verification v`

/** Newest first; those that looked at one backup as it is now, or all of the source. */
export function verificationsOf(database: ReadDatabase, sourceId: number, backupId: number | null): Verification[] {
  const ofBackup = `
    join verification_backup vb using (verification_id)
    join source s on s.source_id = v.source_id
    join backup b on b.snapshot_id = s.snapshot_id and b.backup_id = vb.backup_id and b.meta_digest = vb.meta_digest
    where v.source_id = :sourceId and vb.backup_id = :backupId`
  const condition = backupId === null ? 'where v.source_id = :sourceId' : ofBackup
  const rows = statement(database, `${SELECT} ${condition} order by v.verification_id desc limit 200`).all(
    backupId === null ? { sourceId } : { sourceId, backupId },
  ) as VerificationRow[]
  return rows.map((row) => ({ ...row, backupIds: backupIds(database, row.verificationId) }))
}

export function verificationById(
  database: ReadDatabase,
  verificationId: number,
): { verification: Verification; problems: VerificationProblem[] } | null {
  const row = statement(database, `${SELECT} where v.verification_id = ?`).get(verificationId)
  if (row === undefined) return null
  return {
    verification: { ...(row as VerificationRow), backupIds: backupIds(database, verificationId) },
    problems: problemsOf(database, verificationId),
  }
}

function problemsOf(database: ReadDatabase, verificationId: number): VerificationProblem[] {
  const rows = statement(
    database,
    `select path, kind, expected, found, backup_ids as backupIds, backup_count as backupCount
     from verification_problem where verification_id = ? order by ordinal`,
  ).all(verificationId) as (Omit<VerificationProblem, 'backupIds'> & { backupIds: string })[]
  return rows.map((row) => ({ ...row, backupIds: JSON.parse(row.backupIds) as number[] }))
}

function backupIds(database: ReadDatabase, verificationId: number): number[] {
  const rows = statement(
    database,
    'select backup_id as id from verification_backup where verification_id = ? order by backup_id desc limit ?',
  ).all(verificationId, BACKUP_IDS_MAX) as { id: number }[]
  return rows.map((row) => row.id)
}
