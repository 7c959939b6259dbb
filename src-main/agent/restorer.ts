import { ControlSwitch, StoppedError } from '#base/abort.ts'
import { AppError } from '#base/app-error.ts'
import type { RecoveryPlan, RecoveryTarget, TypedPoint } from '#contract'
import type { ArchiverPort } from './archiver-port.ts'
import type { RestoreOrder, RestoreOutcome, TimeAsked } from './backup-service.ts'
import { refusedRecovery } from './recovery-refusal.ts'
import type { AgentThreads } from './threads.ts'
import type { WorkSlot } from './work-slot.ts'

/** How a restored database takes the place of the one that is served. */
export type InPlaceRestore = {
  /** a directory beside that of the database, which does not exist */
  readonly pathBeside: () => string
  /** Puts it there, and serves it. @throws AppError when it cannot be served: the one before is then, as it was */
  readonly switchTo: (restoredPath: string) => Promise<{ path: string; previousPath: string }>
}

export type RestorerOptions = {
  readonly timeline: () => string
  readonly threads: AgentThreads
  readonly archiver: ArchiverPort
  /** null: the database is another process's */
  readonly inPlace: InPlaceRestore | null
  /** what can be stopped now */
  readonly stops: Set<ControlSwitch>
}

/** Plans recoveries and carries them out. */
export class Restorer {
  readonly #options: RestorerOptions

  constructor(options: RestorerOptions) {
    this.#options = options
  }

  /** @throws AppError why it cannot be */
  async dryRun(order: RestoreOrder): Promise<RestoreOutcome> {
    return { plan: await this.#plan(order), report: null, path: null, previousPath: null }
  }

  /** @throws AppError JOB_RUNNING, and why it cannot be; DamageError. Nothing is left then. */
  restore(order: RestoreOrder, slot: WorkSlot): Promise<RestoreOutcome> {
    let progress: () => number | null = () => null
    return slot.run(
      'a restore',
      () => progress(),
      async () =>
        this.#run(await this.#plan(order), order.targetPath, (read) => {
          progress = read
        }),
    )
  }

  /** @throws AppError BAD_REQUEST */
  async timeAsked(text: string, zone: string): Promise<TimeAsked> {
    const point = await this.#options.threads.readTypedPoint(text, zone)
    if (point.kind === 'resolved' && point.target.kind === 'time') {
      const { timeUs, isInclusive } = point.target
      return { timeUs, isInclusive, sentence: point.sentence }
    }
    throw unclear(text, point)
  }

  async #plan({ target, targetPath }: Pick<RestoreOrder, 'target' | 'targetPath'>): Promise<RecoveryPlan> {
    if (targetPath === null && this.#options.inPlace === null) throw notOurs()
    // a point that was written a moment ago is in the archive then
    await this.#options.archiver.step()
    const planned = await this.#options.threads.planRecovery({ timeline: this.#options.timeline(), target })
    if (planned.kind === 'refused') throw refusedRecovery(planned.refusal)
    return planned.plan
  }

  async #run(
    plan: RecoveryPlan,
    targetPath: string | null,
    trackProgress: (read: () => number | null) => void,
  ): Promise<RestoreOutcome> {
    const { threads, inPlace, stops } = this.#options
    const path = targetPath ?? inPlace?.pathBeside()
    if (path === undefined) throw notOurs()
    const control = new ControlSwitch()
    stops.add(control)
    try {
      const report = await threads.recover({ plan, targetPath: path, control, trackProgress })
      if (targetPath !== null || inPlace === null) return { plan, report, path: report.targetPath, previousPath: null }
      return { plan, report, ...(await inPlace.switchTo(path)) }
    } catch (thrown) {
      throw thrown instanceof StoppedError ? ended() : thrown
    } finally {
      stops.delete(control)
    }
  }
}

function unclear(text: string, point: TypedPoint): AppError {
  const choices = point.kind === 'ambiguous' ? point.choices.map(choiceText) : []
  return new AppError('BAD_REQUEST', {
    message: point.kind === 'resolved' ? 'not a time' : withoutStop(point.sentence),
    subject: text.slice(0, 100),
    unharmed: 'Nothing was written.',
    nextStep:
      choices.length > 0
        ? `Choose one: ${choices.join('; ')}.`
        : 'Write a time like "2026-03-04T10:30:04.000000", in UTC or with ZONE Europe/Berlin.',
  })
}

function choiceText({ target, sentence }: { target: RecoveryTarget; sentence: string }): string {
  return target.kind === 'time' ? `TIME ${target.timeUs} (${withoutStop(sentence)})` : withoutStop(sentence)
}

function withoutStop(sentence: string): string {
  return sentence.replace(/\.$/, '')
}

function notOurs(): AppError {
  return new AppError('BAD_REQUEST', {
    message:
      'the database belongs to another process, which this agent cannot stop, so it is not restored in its place',
    unharmed: 'Nothing was changed.',
    nextStep: 'Add TO path: a new directory. Then stop the database, and start it on that directory.',
  })
}

function ended(): AppError {
  return new AppError('STOPPED', {
    message: 'the restore was stopped, because the program ends',
    unharmed: 'Nothing was left behind.',
    nextStep: 'Start the program again, then the restore.',
  })
}
