import { ControlSwitch } from '#base/abort.ts'
import { AppError } from '#base/app-error.ts'
import type { Clock } from '#base/clock.ts'
import type { ListedBackup } from '../repository/own/list/listed-backup.ts'
import type { AgentEvents } from './agent-events.ts'
import type { ArchiverPort } from './archiver-port.ts'
import type { BackupKind } from './backup-service.ts'
import { makeFull } from './make-full.ts'
import type { AgentThreads } from './threads.ts'

export type BackupMakerOptions = {
  readonly timeline: () => string
  readonly threads: AgentThreads
  readonly archiver: ArchiverPort
  readonly clock: Clock
  readonly rateLimitBytesPerSecond: number
  readonly events: AgentEvents
  readonly beforeFull: () => Promise<void>
  /** what can be stopped now */
  readonly stops: Set<ControlSwitch>
}

type TrackProgress = (read: () => number | null) => void

export type MakeOrder = {
  /** null: incremental when that is possible, else full */
  readonly kind: BackupKind | null
  /** the newest backup that another one can build on */
  readonly base: ListedBackup | null
  readonly label: string | null
  /** told the id before the work begins */
  readonly give: (backupId: number) => void
  readonly trackProgress: TrackProgress
}

/** Makes full and incremental backups. One at a time: whoever calls it sees to that. */
export class BackupMaker {
  readonly #options: BackupMakerOptions

  constructor(options: BackupMakerOptions) {
    this.#options = options
  }

  /** Resolves with the id when the backup is published. @throws AppError CHAIN_BROKEN and others, DamageError, StoppedError */
  async make({ kind, base, label, give, trackProgress }: MakeOrder): Promise<number> {
    if (kind === 'incremental' && base === null) throw noBase()
    const backupId = await this.#options.threads.takeNextId()
    give(backupId)
    if (kind === 'full' || base === null) await this.#makeFull(backupId, label, trackProgress)
    else await this.#makeIncrementOr(backupId, base, label, kind === null ? trackProgress : null)
    return backupId
  }

  async #makeFull(backupId: number, label: string | null, trackProgress: TrackProgress): Promise<void> {
    const { threads, rateLimitBytesPerSecond, beforeFull, events, stops } = this.#options
    const timeline = this.#options.timeline()
    const control = new ControlSwitch()
    stops.add(control)
    try {
      await beforeFull()
      const making = { backupId, timeline, label, rateLimitBytesPerSecond, control, trackProgress }
      const { lastSequence, writtenBytes, warnings } = await makeFull(making, threads)
      events.backupMade({ backupId, kind: 'full', lastSequence, sizeBytes: writtenBytes })
      if (warnings.length > 0) events.warned(`full backup ${backupId}`, warnings)
    } finally {
      stops.delete(control)
    }
  }

  /** @param trackProgress not null: where the archive has a gap, a full is made, which heals it */
  async #makeIncrementOr(
    backupId: number,
    base: ListedBackup,
    label: string | null,
    trackProgress: TrackProgress | null,
  ): Promise<void> {
    try {
      await this.#makeIncrement(backupId, base, label)
    } catch (cause) {
      if (trackProgress === null || !(cause instanceof AppError && cause.code === 'CHAIN_BROKEN')) throw cause
      this.#options.events.warned('a full backup is made, because an incremental one is not possible', [cause.message])
      await this.#makeFull(backupId, label, trackProgress)
    }
  }

  async #makeIncrement(backupId: number, base: ListedBackup, label: string | null): Promise<void> {
    const { archiver, threads, clock, events } = this.#options
    const timeline = this.#options.timeline()
    const { gaps, ...closed } = await archiver.closeIncrement(base.lastSequence ?? 0, timeline)
    const [gap] = gaps
    if (gap !== undefined) throw brokenBy(gap)
    const createdAtUs = clock.nowUs()
    await threads.publishIncrement({ id: backupId, timeline, baseId: base.id, createdAtUs, label, ...closed })
    const sizeBytes = closed.segments.reduce((sum, segment) => sum + segment.sizeBytes, 0)
    events.backupMade({ backupId, kind: 'incremental', lastSequence: closed.lastSequence, sizeBytes })
  }
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
