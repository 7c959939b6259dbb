/**
 * Runs a slow task for many callers: each gets a run that began after its call, and callers that wait share one. So
 * one sync serves all commits that were written before it began.
 */
export class SharedRun {
  readonly #task: () => Promise<void>
  #running: Promise<void> = Promise.resolve()
  #next: Promise<void> | null = null

  constructor(task: () => Promise<void>) {
    this.#task = task
  }

  run(): Promise<void> {
    // whoever waits for the run before hears of its failure; the next one is another
    this.#next ??= this.#running.catch(() => {}).then(() => this.#begin())
    return this.#next
  }

  #begin(): Promise<void> {
    const running = this.#task()
    this.#running = running
    this.#next = null
    return running
  }
}
