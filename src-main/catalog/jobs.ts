import type { ErrorInfo, Job, JobKind, JobResult, JobState, Progress } from '#contract'
import type { ReadDatabase, WriteDatabase } from './open.ts'
import { statement } from './statements.ts'
import { withoutSync } from './without-sync.ts'

type JobRow = {
  job_id: number
  kind: JobKind
  title: string
  source_id: number | null
  backup_id: number | null
  state: JobState
  input: string
  progress: string | null
  created_at_us: number
  started_at_us: number | null
  finished_at_us: number | null
  active_us: number
  error: string | null
  result: string | null
  is_resumable: number
}

export type NewJob = {
  kind: JobKind
  title: string
  sourceId: number | null
  backupId: number | null
  input: unknown
  createdAtUs: number
  instanceId: string
}

/** A job is on record before it starts. Returns its id. */
export function addJob(database: WriteDatabase, job: NewJob): number {
  const insert = statement(
    database,
    `insert into job (kind, title, source_id, backup_id, state, input, created_at_us, instance_id)
     values (:kind, :title, :sourceId, :backupId, 'queued', :input, :createdAtUs, :instanceId)`,
  )
  return write(database, job.kind, () =>
    Number(insert.run({ ...job, input: JSON.stringify(job.input) }).lastInsertRowid),
  )
}

export type JobColumns = {
  kind: JobKind
  state: JobState
  progress: Progress | null
  startedAtUs: number | null
  finishedAtUs: number | null
  activeUs: number
  error: ErrorInfo | null
  result: JobResult | null
  isResumable: boolean
  instanceId: string
}

export function updateJob(database: WriteDatabase, jobId: number, columns: JobColumns): void {
  const update = statement(
    database,
    `update job set state = :state, progress = :progress, started_at_us = :startedAtUs,
       finished_at_us = :finishedAtUs, active_us = :activeUs, error = :error, result = :result,
       is_resumable = :isResumable, instance_id = :instanceId where job_id = :jobId`,
  )
  const values = {
    ...columns,
    jobId,
    progress: json(columns.progress),
    error: json(columns.error),
    result: json(columns.result),
    isResumable: columns.isResumable ? 1 : 0,
  }
  write(database, columns.kind, () => update.run(values))
}

/** What can be resumed must survive a power cut. Other jobs are started again, and evidence is kept by itself. */
function write<Result>(database: WriteDatabase, kind: JobKind, run: () => Result): Result {
  return kind === 'restore' || kind === 'recovery' ? run() : withoutSync(database, run)
}

/** Newest first. */
export function jobsNewest(database: ReadDatabase, limit: number): Job[] {
  return (statement(database, 'select * from job order by job_id desc limit ?').all(limit) as JobRow[]).map(toJob)
}

export function jobById(database: ReadDatabase, jobId: number): { job: Job; input: unknown } | null {
  const row = statement(database, 'select * from job where job_id = ?').get(jobId) as JobRow | undefined
  return row === undefined ? null : { job: toJob(row), input: JSON.parse(row.input) }
}

/** Jobs of a kind that did not come to their end and can go on, newest first. */
export function resumableJobs(database: ReadDatabase, kind: JobKind): { job: Job; input: unknown }[] {
  const rows = statement(
    database,
    "select * from job where kind = ? and is_resumable = 1 and state in ('interrupted', 'failed') order by job_id desc",
  ).all(kind) as JobRow[]
  return rows.map((row) => ({ job: toJob(row), input: JSON.parse(row.input) }))
}

/** The job of a kind that came to its end last; null: none did. */
export function newestSucceeded(database: ReadDatabase, kind: JobKind): Job | null {
  const row = statement(
    database,
    "select * from job where kind = ? and state = 'succeeded' order by job_id desc limit 1",
  ).get(kind) as JobRow | undefined
  return row === undefined ? null : toJob(row)
}

/** Says that this process is alive: jobs that it owns are not taken for interrupted. */
export function beat(
  database: WriteDatabase,
  instance: { instanceId: string; processId: number; nowUs: number },
): void {
  const upsert = statement(
    database,
    `insert into core_instance values (:instanceId, :processId, :nowUs)
     on conflict (instance_id) do update set heartbeat_us = :nowUs`,
  )
  withoutSync(database, () => upsert.run(instance))
}

/**
 * Marks the unfinished jobs whose process is gone as interrupted, and returns how many there were.
 * @param resumableKinds kinds that can be resumed after an interruption
 */
export function markInterrupted(
  database: WriteDatabase,
  options: {
    isAlive: (instance: { instanceId: string; processId: number; heartbeatUs: number }) => boolean
    resumableKinds: JobKind[]
    nowUs: number
  },
): number {
  const { nowUs } = options
  return database
    .transaction(() => {
      const instances = statement(
        database,
        'select instance_id as instanceId, process_id as processId, heartbeat_us as heartbeatUs from core_instance',
      ).all() as { instanceId: string; processId: number; heartbeatUs: number }[]
      let count = 0
      for (const instance of instances.filter((candidate) => !options.isAlive(candidate))) {
        count += statement(
          database,
          `update job set state = 'interrupted', finished_at_us = :nowUs,
             is_resumable = kind in (select value from json_each(:resumableKinds))
           where instance_id = :instanceId and state in ('queued', 'running', 'paused', 'stopping')`,
        ).run({
          nowUs,
          resumableKinds: JSON.stringify(options.resumableKinds),
          instanceId: instance.instanceId,
        }).changes
        statement(database, 'delete from core_instance where instance_id = ?').run(instance.instanceId)
      }
      return count
    })
    .immediate()
}

/** Whether a process of this catalogue is on record: it is taken out when it ended or was found dead. */
export function hasInstance(database: ReadDatabase, instanceId: string): boolean {
  return statement(database, 'select 1 from core_instance where instance_id = ?').get(instanceId) !== undefined
}

export function endInstance(database: WriteDatabase, instanceId: string): void {
  statement(database, 'delete from core_instance where instance_id = ?').run(instanceId)
}

function toJob(row: JobRow): Job {
  return {
    jobId: row.job_id,
    kind: row.kind,
    title: row.title,
    sourceId: row.source_id,
    backupId: row.backup_id,
    state: row.state,
    progress: row.progress === null ? null : (JSON.parse(row.progress) as Progress),
    createdAtUs: row.created_at_us,
    startedAtUs: row.started_at_us,
    finishedAtUs: row.finished_at_us,
    activeUs: row.active_us,
    error: row.error === null ? null : (JSON.parse(row.error) as ErrorInfo),
    result: row.result === null ? null : (JSON.parse(row.result) as JobResult),
    isResumable: row.is_resumable === 1,
  }
}

function json(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value)
}
