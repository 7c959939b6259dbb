import { Cron } from 'croner'
import { AppError } from '#base/app-error.ts'
import type { BackupSchedule } from './backup-service.ts'

const RETENTION_PATTERN = '17 * * * *'

/** What happens by itself. */
export type ScheduledWork = {
  readonly full: () => Promise<unknown>
  readonly incremental: () => Promise<unknown>
  readonly verify: () => Promise<unknown>
  /** every hour: what has grown too old goes */
  readonly prune: () => Promise<unknown>
}

/** Starts backups and verifications by cron patterns, in UTC. A run that is still at work is not joined by a second one. */
export class Schedule {
  readonly #work: ScheduledWork
  readonly #onFailure: (name: keyof ScheduledWork, thrown: unknown) => void
  #timers: Cron[] = []

  constructor(work: ScheduledWork, onFailure: (name: keyof ScheduledWork, thrown: unknown) => void) {
    this.#work = work
    this.#onFailure = onFailure
  }

  /** Replaces what was set before. */
  set(schedule: BackupSchedule): void {
    this.stop()
    const patterns = { ...schedule, prune: RETENTION_PATTERN }
    this.#timers = (['full', 'incremental', 'verify', 'prune'] as const).flatMap((name) => {
      const pattern = patterns[name]
      return pattern === null ? [] : [this.#timer(name, pattern)]
    })
  }

  stop(): void {
    for (const timer of this.#timers.splice(0)) timer.stop()
  }

  #timer(name: keyof ScheduledWork, pattern: string): Cron {
    const options = { timezone: 'UTC', unref: true, protect: true }
    return new Cron(pattern, options, async () => {
      try {
        await this.#work[name]()
      } catch (thrown) {
        this.#onFailure(name, thrown)
      }
    })
  }
}

/** @throws AppError BAD_REQUEST when it is no cron pattern, or one that never comes */
export function checkPattern(pattern: string): void {
  let next: Date | null
  try {
    next = new Cron(pattern, { timezone: 'UTC', paused: true }).nextRun()
  } catch (cause) {
    throw notPattern(pattern, cause instanceof Error ? cause.message : String(cause), cause)
  }
  if (next === null) throw notPattern(pattern, 'it never comes', undefined)
}

function notPattern(pattern: string, reason: string, cause: unknown): AppError {
  return new AppError(
    'BAD_REQUEST',
    {
      message: `'${pattern.slice(0, 100)}' is no cron pattern (${reason})`,
      unharmed: 'The schedule is what it was.',
      nextStep: "Write five fields: minute, hour, day, month, weekday. Every night at 3 is '0 3 * * *'.",
    },
    { cause },
  )
}
