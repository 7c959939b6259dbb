import { ControlSwitch } from '#base/abort.ts'
import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import { describeDamage } from '#base/damage.ts'
import type { Mark } from '../repository/own/format/marks.ts'
import type { Policy } from '../repository/own/format/policy.ts'
import { chainIdsOf } from '../repository/own/list/chain-ids.ts'
import type { ListedBackup } from '../repository/own/list/listed-backup.ts'
import type { RemovedBackups } from '../repository/own/remove/remove-backups.ts'
import { type RetentionPlan, retentionPlan } from '../retention/retention-plan.ts'
import type { AgentEvents } from './agent-events.ts'
import type { ArchiverPort } from './archiver-port.ts'
import { BackupMaker } from './backup-maker.ts'
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
  RestoreOrder,
  RestoreOutcome,
  RetentionPolicy,
  TimeAsked,
  VerificationLevel,
  VerificationReport,
} from './backup-service.ts'
import { brokenChain, chainOf, findListed, prunedOf, rowOf } from './listed.ts'
import { recoverableTo } from './recoverable-to.ts'
import { nothingToName } from './recovery-refusal.ts'
import { type InPlaceRestore, Restorer } from './restorer.ts'
import { checkPattern } from './schedule.ts'
import type { AgentThreads, RepositoryList } from './threads.ts'
import { reportOfChain, verifyChain } from './verify-chain.ts'
import { WorkSlot } from './work-slot.ts'

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
  /** null: a database that another process has open is not restored in its place */
  readonly inPlace: InPlaceRestore | null
}

/** The commands of ADMIN.BACKUP on one repository and one database. Whoever makes it holds the repository's lock. */
export class Agent implements BackupService {
  readonly #options: AgentOptions
  readonly #slot = new WorkSlot()
  readonly #verifySlot = new WorkSlot()
  readonly #stops = new Set<ControlSwitch>()
  readonly #maker: BackupMaker
  readonly #restorer: Restorer
  #inUseIds: readonly number[] = []
  #policy: Policy
  #policyChange: Promise<unknown> = Promise.resolve()
  #toldProblems = ''
  #isContinuous = false
  #known: RepositoryList = { backups: [], recovery: [], problems: [] }

  constructor(options: AgentOptions) {
    this.#options = options
    this.#policy = options.policy
    this.#maker = new BackupMaker({ ...options, stops: this.#stops })
    this.#restorer = new Restorer({ ...options, stops: this.#stops })
  }

  /** Looks at the repository anew. @throws AppError */
  async refresh(): Promise<RepositoryList> {
    const archivedSequence = this.#options.archiver.view().archivedSequence ?? 0
    const known = await this.#options.threads.list()
    this.#known = known
    // with a gap behind the window, what is archived now cannot be reached
    this.#isContinuous = (this.#window()?.toSequence ?? -1) >= archivedSequence
    this.#tellProblems(known.problems.map(describeDamage))
    return known
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
      chain: chainIdsOf(backups, backup),
      files: files.map(({ path, sizeBytes, crc32c }) => ({ path, sizeBytes: sizeBytes ?? 0, crc32c })),
      problems: [...backup.problems.map(describeDamage), ...(backup.verified?.problems ?? [])],
    }
  }

  /** One at a time: several would only take the disk from each other. */
  async verify(backupId: number, level: VerificationLevel): Promise<VerificationReport> {
    return this.#verifySlot.run(
      'a verification',
      () => null,
      async () => {
        const { backups } = await this.refresh()
        const backup = findListed(backups, backupId)
        const chain = chainOf(backups, backup)
        this.#inUseIds = chain.map(({ id }) => id)
        try {
          const report = await this.#verify(chain, level)
          if (chain[0]?.kind !== 'full') throw brokenChain(backup)
          return report
        } finally {
          this.#inUseIds = []
        }
      },
    )
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
          inUseIds: this.#inUseIds,
        })
        this.#tellRemoval(removed)
        await this.refresh()
        return [...removed.removedIds]
      },
    )
  }

  policy(): Policy {
    return this.#policy
  }

  setRetention(change: Partial<RetentionPolicy>): Promise<Policy> {
    return this.#changePolicy((policy) => ({ ...policy, retention: { ...policy.retention, ...change } }))
  }

  async setSchedule(change: Partial<BackupSchedule>): Promise<Policy> {
    for (const pattern of Object.values(change)) if (pattern !== null) checkPattern(pattern)
    return this.#changePolicy((policy) => ({ ...policy, schedule: { ...policy.schedule, ...change } }))
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
    const window = this.#window()
    const { running } = this.#slot
    return {
      timeline,
      lastSequence,
      archivedSequence,
      archiveLagUs: isKnownWhole ? 0 : (view.caughtUpAgeUs ?? this.#options.clock.monotonicUs()),
      recoverableFromUs: window?.fromUs ?? null,
      recoverableToUs: window === undefined ? null : recoverableTo(window, view, this.#isContinuous),
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

  async restore(order: RestoreOrder): Promise<RestoreOutcome> {
    if (order.isDryRun) return this.#restorer.dryRun(order)
    // in the slot nothing that it reads is removed meanwhile
    const outcome = await this.#restorer.restore(order, this.#slot)
    this.#options.events.restored(outcome)
    await this.refresh()
    return outcome
  }

  timeAsked(text: string, zone: string): Promise<TimeAsked> {
    return this.#restorer.timeAsked(text, zone)
  }

  /** What was written before it was asked for is in the state that it names. */
  async mark(name: string): Promise<Mark> {
    await this.#options.archiver.step()
    await this.refresh()
    const window = this.#window()
    if (window === undefined || !this.#isContinuous) throw nothingToName(name)
    const timeline = this.#options.timeline()
    return this.#options.threads.addMark({ name, timeline, sequence: window.toSequence })
  }

  marks(): Promise<readonly Mark[]> {
    return this.#options.threads.marks()
  }

  async pin(backupId: number, note: string): Promise<void> {
    findListed((await this.refresh()).backups, backupId)
    await this.#options.threads.pinBackup(backupId, note)
  }

  async unpin(backupId: number): Promise<void> {
    findListed((await this.refresh()).backups, backupId)
    await this.#options.threads.unpinBackup(backupId)
  }

  /** Runs a work when no other one changes the repository; for what nobody is there to try again. */
  async whenFree<Result>(work: () => Promise<Result>): Promise<Result> {
    await this.#slot.ended()
    try {
      return await work()
    } catch (cause) {
      if (!(cause instanceof AppError && cause.code === 'JOB_RUNNING')) throw cause
      return this.whenFree(work)
    }
  }

  /** Stops what runs, which leaves nothing behind, and waits for it. */
  async close(): Promise<void> {
    for (const stop of this.#stops) stop.stop()
    await Promise.all([this.#slot.ended(), this.#verifySlot.ended()])
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
    const base = this.#base((await this.refresh()).backups)
    const backupId = await this.#maker.make({ kind: asked, base, label, give, trackProgress })
    await this.#pruneAfter()
    return backupId
  }

  /** Each backup of the chain gets its own result: who builds on a full that failed must know. */
  async #verify(chain: readonly ListedBackup[], level: VerificationLevel): Promise<VerificationReport> {
    const { root, threads, clock, events } = this.#options
    const control = new ControlSwitch()
    this.#stops.add(control)
    try {
      const reports = await verifyChain(chain, level, { root, threads, clock, control })
      for (const [index] of reports.entries()) {
        const { backupId: id, ...facts } = reportOfChain(reports.slice(0, index + 1))
        await threads.noteVerification({ id, ...facts, verifiedAtUs: clock.nowUs() })
      }
      const report = reportOfChain(reports)
      if (report.result === 'failed') events.verificationFailed(report)
      return report
    } finally {
      this.#stops.delete(control)
    }
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
    const removed = await this.#options.threads.removeBackups({
      ids: pruned.map(({ backupId }) => backupId),
      withDependents: false,
      evenNewestSoundFull: false,
      inUseIds: this.#inUseIds,
    })
    this.#options.events.pruned(pruned)
    this.#tellRemoval(removed)
    await this.refresh()
    return pruned
  }

  #tellRemoval({ problems }: RemovedBackups): void {
    if (problems.length > 0)
      this.#options.events.warned('files that could not be removed', problems.map(describeDamage))
  }

  #planRetention(backups: readonly ListedBackup[]): RetentionPlan {
    return retentionPlan({
      backups,
      policy: this.#policy.retention,
      nowUs: this.#options.clock.nowUs(),
      pinnedIds: new Set(backups.filter(({ pin }) => pin !== null).map(({ id }) => id)),
      inUseIds: new Set(this.#inUseIds),
    })
  }

  /** One change after the other, each upon what the one before left. */
  #changePolicy(change: (policy: Policy) => Policy): Promise<Policy> {
    const changing = this.#policyChange.then(async () => {
      const policy = change(this.#policy)
      await this.#options.threads.replacePolicy(policy)
      this.#policy = policy
      this.#options.events.policyChanged(policy)
      return policy
    })
    this.#policyChange = changing.catch(() => {})
    return changing
  }

  /** What cannot be read of the repository is told when it is found, and when it has become something else. */
  #tellProblems(problems: readonly string[]): void {
    const text = problems.join('\n')
    if (text !== '' && text !== this.#toldProblems) this.#options.events.warned('problems in the repository', problems)
    this.#toldProblems = text
  }

  #window() {
    const timeline = this.#options.timeline()
    return this.#known.recovery.find((each) => each.timeline === timeline)?.windows.at(-1)
  }
}
