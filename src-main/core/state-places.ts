import type { Clock } from '#base/clock.ts'
import type { StateRef } from '#contract'
import type { SourceService } from '../api/services.ts'
import type { StatePlace } from '../workers/messages.ts'

/** Finds where the files of a state lie. */
export class StatePlaces {
  readonly #sources: SourceService
  readonly #clock: Clock

  constructor(options: { sources: SourceService; clock: Clock }) {
    this.#sources = options.sources
    this.#clock = options.clock
  }

  /** @throws AppError SOURCE_NOT_FOUND */
  of(state: StateRef): StatePlace {
    const nowMs = Math.floor(this.#clock.nowUs() / 1000)
    const { upToSequence } = state
    if ('databasePath' in state) return { path: state.databasePath, backupId: null, upToSequence, nowMs }
    return { path: this.#sources.get(state.sourceId).path, backupId: state.backupId, upToSequence, nowMs }
  }
}

/** The source that a job about a state belongs to; null for a database directory, which is none. */
export function sourceOf(state: StateRef): number | null {
  return 'databasePath' in state ? null : state.sourceId
}

/** A state in a few words: "backup 3 of /srv/backups at sequence 88". */
export function stateTitle({ path, backupId, upToSequence }: StatePlace): string {
  const what = backupId === null ? path : `backup ${backupId} of ${path}`
  return upToSequence === null ? what : `${what} at sequence ${upToSequence}`
}
