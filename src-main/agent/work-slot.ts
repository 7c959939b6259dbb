import { AppError } from '#base/app-error.ts'

/** What runs, and how far it is. */
export type RunningWork = { readonly workId: number; readonly title: string; readonly progress: number | null }

/** Room for one work that changes the repository: a second one is refused, and told what is in its way. */
export class WorkSlot {
  #workCount = 0
  #running: { readonly workId: number; readonly title: string; readonly readProgress: () => number | null } | null =
    null
  #ended: Promise<unknown> = Promise.resolve()

  get running(): RunningWork | null {
    if (this.#running === null) return null
    const { workId, title, readProgress } = this.#running
    return { workId, title, progress: readProgress() }
  }

  /**
   * @param title for a person: "a full backup"
   * @param readProgress 0 to 1, or null while it is not known
   * @throws AppError JOB_RUNNING, and what the work throws
   */
  async run<Result>(title: string, readProgress: () => number | null, work: () => Promise<Result>): Promise<Result> {
    this.#refuseSecond()
    this.#workCount += 1
    this.#running = { workId: this.#workCount, title, readProgress }
    // what it throws at once is its failure as well
    const running = (async () => work())()
    this.#ended = running.catch(() => {})
    try {
      return await running
    } finally {
      this.#running = null
    }
  }

  /** Resolves when nothing runs any more. */
  ended(): Promise<unknown> {
    return this.#ended
  }

  #refuseSecond(): void {
    const { running } = this
    if (running === null) return
    const percent = running.progress === null ? '' : `, ${Math.floor(running.progress * 100)} %`
    throw new AppError('JOB_RUNNING', {
      message: `${running.title} is running (job ${running.workId}${percent})`,
      unharmed: 'Nothing was changed.',
      nextStep: 'Wait until it has ended: ADMIN.BACKUP STATUS tells how far it is.',
    })
  }
}
