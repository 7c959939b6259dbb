import { ControlSwitch } from '#base/abort.ts'
import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import type { WrittenFull } from '../backup/full/publish-full.ts'
import type { Policy } from '../repository/own/format/policy.ts'
import type { ListedBackup } from '../repository/own/list/listed-backup.ts'
import { type RetentionPlan, retentionPlan } from '../retention/retention-plan.ts'
import type { ArchiverPort } from './archiver-port.ts'
import type {
  AgentStatus,
  BackupInfo,
  BackupRow,
  BackupSchedule,
  BackupService,
  CommitPoint,
  CreateOrder,
  PointsOrder,
  PrunedBackup,
  RetentionPolicy,
  VerificationLevel,
  VerificationReport,
} from './backup-service.ts'
import { chainOf, findListed, rowOf } from './listed.ts'
import { makeFull } from './make-full.ts'
import { checkPattern } from './schedule.ts'
import type { AgentThreads, RepositoryList } from './threads.ts'
import { verifyChain } from './verify-chain.ts'
import { WorkSlot } from './work-slot.ts'

/** What the agent tells whoever writes its log and counts. */
export interface AgentEvents {
  backupMade(backup: { backupId: number; kind: 'full' | 'incremental'; lastSequence: number; sizeBytes: number }): void
  backupFailed(failure: unknown): void
  pruned(backups: readonly PrunedBackup[]): void
  policyChanged(policy: Policy): void
}

export type AgentOptions = {
  readonly root: string
  /** the one that commits are archived on now */
  readonly timeline: () => string
  readonly policy: Policy
  readonly threads: AgentThreads
  readonly archiver: ArchiverPort
  readonly clock: Clock
  readonly rateLimitBytesPerSecond: number
  readonly events: AgentEvents
  /** a cooperating database: the last sequence that it gave out; null where another process writes */
  readonly lastSequence: () => number | null
  /** a cooperating database: called before a full is taken */
  readonly beforeFull: () => Promise<void>
}

/** The commands of ADMIN.BACKUP on one repository and one database. Whoever makes it holds the repository's lock. */
export class Agent implements BackupService {
  readonly #options: AgentOptions
  readonly #slot = new WorkSlot()
  readonly #verifying = new Set<number>()
  readonly #stops = new Set<ControlSwitch>()
  #policy: Policy
  #known: RepositoryList = { backups: [], recovery: [], problems: [] }

  constructor(options: AgentOptions) {
    this.#options = options
    this.#policy = options.policy
  }

  /** Looks at the repository anew. @throws AppError */
  async refresh(): Promise<RepositoryList> {
    this.#known = await this.#options.threads.list()
    return this.#known
  }

  async create({ kind, label, isAsync }: CreateOrder): Promise<number> {
    let isGiven = false
    let give: (backupId: number) => void = () => {}
    const given = new Promise<number>((resolve) => {
      give = (backupId) => {
        isGiven = true
        resolve(backupId)
      }
    })
    let progress: () => number | null = () => null
    const title = kind === null ? 'a backup' : kind === 'full' ? 'a full backup' : 'an incremental backup'
    const making = this.#slot.run(
      title,
      () => progress(),
      async () => {
        try {
          return await this.#make(kind, label, give, (read) => {
            progress = read
          })
        } catch (failure) {
          this.#options.events.backupFailed(failure)
          throw failure
        }
      },
    )
    if (!isAsync) return making
    // what happens after the id was given is told by STATUS, LIST and the log
    const first = await Promise.race([given, making])
    if (isGiven) making.catch(() => {})
    return first
  }

  async list({ limit, beforeId }: { limit: number; beforeId: number | null }): Promise<BackupRow[]> {
    const { backups } = await this.refresh()
    return backups
      .filter(({ id }) => beforeId === null || id < beforeId)
      .slice(0, limit)
      .map(rowOf)
  }

  async info(backupId: number): Promise<BackupInfo> {
    const { backups } = await this.refresh()
    const backup = findListed(backups, backupId)
    const files = await this.#options.threads.filesOf(backup)
    return {
      row: rowOf(backup),
      chain: backup.chainIds,
      files: files.map(({ path, sizeBytes, crc32c }) => ({ path, sizeBytes: sizeBytes ?? 0, crc32c })),
      problems: backup.problems.map(({ file, problem }) => `${file}: ${problem}`),
    }
  }

  async verify(backupId: number, level: VerificationLevel): Promise<VerificationReport> {
    const { backups } = await this.refresh()
    const chain = chainOf(backups, findListed(backups, backupId))
    const { root, threads, clock } = this.#options
    const ids = chain.map(({ id }) => id).filter((id) => !this.#verifying.has(id))
    for (const id of ids) this.#verifying.add(id)
    try {
      const report = await verifyChain(chain, level, { root, threads, clock })
      const { result, fileCount, readBytes, durationUs, problems } = report
      const verifiedAtUs = clock.nowUs()
      await threads.noteVerification({
        id: backupId,
        level,
        result,
        verifiedAtUs,
        fileCount,
        readBytes,
        durationUs,
        problems,
      })
      return report
    } finally {
      for (const id of ids) this.#verifying.delete(id)
    }
  }

  remove(backupId: number, { isForced }: { isForced: boolean }): Promise<number[]> {
    return this.#slot.run(
      'a removal',
      () => null,
      async () => {
        const removed = await this.#options.threads.removeBackups({
          ids: [backupId],
          withDependents: isForced,
          evenNewestSoundFull: isForced,
          inUseIds: [...this.#verifying],
        })
        await this.refresh()
        return [...removed.removedIds]
      },
    )
  }

  policy(): Policy {
    return this.#policy
  }

  async setRetention(change: Partial<RetentionPolicy>): Promise<Policy> {
    return this.#setPolicy({ ...this.#policy, retention: { ...this.#policy.retention, ...change } })
  }

  async setSchedule(change: Partial<BackupSchedule>): Promise<Policy> {
    for (const pattern of Object.values(change)) if (pattern !== null) checkPattern(pattern)
    return this.#setPolicy({ ...this.#policy, schedule: { ...this.#policy.schedule, ...change } })
  }

  async prune({ isDryRun }: { isDryRun: boolean }): Promise<PrunedBackup[]> {
    if (isDryRun) return prunedOf(this.#planRetention((await this.refresh()).backups))
    return this.#slot.run(
      'retention',
      () => null,
      () => this.#prune(),
    )
  }

  status(): AgentStatus {
    const { archiver } = this.#options
    const timeline = this.#options.timeline()
    const view = archiver.view()
    const archivedSequence = view.archivedSequence ?? 0
    const lastSequence = this.#options.lastSequence() ?? archivedSequence
    const isKnownWhole = this.#options.lastSequence() === archivedSequence
    const window = this.#known.recovery.find((each) => each.timeline === timeline)?.windows.at(-1)
    const { running } = this.#slot
    return {
      timeline,
      lastSequence,
      archivedSequence,
      archiveLagUs: isKnownWhole ? 0 : (view.caughtUpAgeUs ?? this.#options.clock.monotonicUs()),
      recoverableFromUs: window?.fromUs ?? null,
      recoverableToUs: window === undefined ? null : this.#recoverableTo(window, view),
      job: running === null ? null : `${running.title} (job ${running.workId})`,
      progress: running?.progress ?? null,
    }
  }

  async points({ fromUs, toUs, limit }: PointsOrder): Promise<CommitPoint[]> {
    const range = { fromSequence: null, toSequence: null, fromUs, toUs, limit }
    const { commits } = await this.#options.threads.archivedCommits(this.#options.timeline(), range)
    return commits.map((commit) => ({
      firstSequence: commit.firstSequence,
      sequenceCount: commit.lastSequence - commit.firstSequence + 1,
      committedAtUs: commit.timeUs,
      putCount: commit.families.reduce((sum, { puts }) => sum + puts, 0),
      deleteCount: commit.families.reduce((sum, { deletes, rangeDeletes }) => sum + deletes + rangeDeletes, 0),
      sizeBytes: commit.sizeBytes,
    }))
  }

  fetch(path: string, offsetBytes: number, lengthBytes: number): Promise<Uint8Array> {
    return this.#options.threads.readFile(path, offsetBytes, lengthBytes)
  }

  /** Stops what runs, which leaves nothing behind, and waits for it. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop.stop()
    await this.#slot.ended()
  }

  /** The newest backup of the timeline that another one can build on. */
  #base(backups: readonly ListedBackup[]): ListedBackup | null {
    const timeline = this.#options.timeline()
    return (
      backups.find((backup) => backup.timeline === timeline && backup.isRestorable && backup.lastSequence !== null) ??
      null
    )
  }

  async #make(
    asked: 'full' | 'incremental' | null,
    label: string | null,
    give: (backupId: number) => void,
    trackProgress: (read: () => number | null) => void,
  ): Promise<number> {
    const { threads, events } = this.#options
    const base = this.#base((await this.refresh()).backups)
    const kind = asked ?? (base === null ? 'full' : 'incremental')
    if (kind === 'incremental' && base === null) throw noBase()
    const backupId = await threads.takeNextId()
    give(backupId)
    if (kind === 'incremental' && base !== null) {
      const { lastSequence, sizeBytes } = await this.#makeIncrement(backupId, base, label)
      events.backupMade({ backupId, kind, lastSequence, sizeBytes })
    } else {
      const { lastSequence, writtenBytes } = await this.#makeFull(backupId, label, trackProgress)
      events.backupMade({ backupId, kind: 'full', lastSequence, sizeBytes: writtenBytes })
    }
    await this.#pruneAfter()
    return backupId
  }

  async #makeFull(
    backupId: number,
    label: string | null,
    trackProgress: (read: () => number | null) => void,
  ): Promise<WrittenFull> {
    const { threads, rateLimitBytesPerSecond, beforeFull } = this.#options
    const timeline = this.#options.timeline()
    const control = new ControlSwitch()
    this.#stops.add(control)
    try {
      await beforeFull()
      return await makeFull({ backupId, timeline, label, rateLimitBytesPerSecond, control, trackProgress }, threads)
    } finally {
      this.#stops.delete(control)
    }
  }

  async #makeIncrement(
    backupId: number,
    base: ListedBackup,
    label: string | null,
  ): Promise<{ lastSequence: number; sizeBytes: number }> {
    const { archiver, threads, clock } = this.#options
    const timeline = this.#options.timeline()
    const { gaps, ...closed } = await archiver.closeIncrement(base.lastSequence ?? 0)
    const [gap] = gaps
    if (gap !== undefined) throw brokenBy(gap)
    const createdAtUs = clock.nowUs()
    await threads.publishIncrement({ id: backupId, timeline, baseId: base.id, createdAtUs, label, ...closed })
    const sizeBytes = closed.segments.reduce((sum, segment) => sum + segment.sizeBytes, 0)
    return { lastSequence: closed.lastSequence, sizeBytes }
  }

  /** A backup is made whatever becomes of older ones. */
  async #pruneAfter(): Promise<void> {
    try {
      await this.#prune()
    } catch (failure) {
      this.#options.events.backupFailed(failure)
      await this.refresh()
    }
  }

  async #prune(): Promise<PrunedBackup[]> {
    const pruned = prunedOf(this.#planRetention((await this.refresh()).backups))
    if (pruned.length === 0) return []
    await this.#options.threads.removeBackups({
      ids: pruned.map(({ backupId }) => backupId),
      withDependents: false,
      evenNewestSoundFull: false,
      inUseIds: [...this.#verifying],
    })
    this.#options.events.pruned(pruned)
    await this.refresh()
    return pruned
  }

  #planRetention(backups: readonly ListedBackup[]): RetentionPlan {
    return retentionPlan({
      backups,
      policy: this.#policy.retention,
      nowUs: this.#options.clock.nowUs(),
      pinnedIds: new Set(backups.filter(({ pin }) => pin !== null).map(({ id }) => id)),
      inUseIds: this.#verifying,
    })
  }

  async #setPolicy(policy: Policy): Promise<Policy> {
    await this.#options.threads.replacePolicy(policy)
    this.#policy = policy
    this.#options.events.policyChanged(policy)
    return policy
  }

  /** The archive has gone on since the repository was looked at. */
  #recoverableTo(
    window: { fromSequence: number; toUs: number | null },
    view: { archivedSequence: number | null; lastCommitAtUs: number | null },
  ): number | null {
    const { archivedSequence, lastCommitAtUs } = view
    const isBehind = archivedSequence === null || archivedSequence < window.fromSequence
    if (isBehind || lastCommitAtUs === null) return window.toUs
    return Math.max(window.toUs ?? 0, lastCommitAtUs)
  }
}

function prunedOf({ gone }: RetentionPlan): PrunedBackup[] {
  return gone.map(({ id, text }) => ({ backupId: id, rule: text }))
}

function noBase(): AppError {
  return new AppError('CHAIN_BROKEN', {
    message: 'an incremental backup needs a sound full backup of this timeline, and there is none',
    unharmed: 'Nothing was changed.',
    nextStep: 'Write ADMIN.BACKUP CREATE FULL.',
  })
}

function brokenBy(gap: { afterSequence: number; beforeSequence: number; reason: string }): AppError {
  return new AppError('CHAIN_BROKEN', {
    message: `the archive has a gap behind the last backup: nothing is known of the sequences between ${gap.afterSequence} and ${gap.beforeSequence} (${gap.reason})`,
    unharmed: 'The backups up to there can be restored.',
    nextStep: 'Write ADMIN.BACKUP CREATE FULL.',
  })
}
