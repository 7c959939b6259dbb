import type { ErrorInfo } from '#contract'
import { errorInfoOf } from '../api/errors.ts'

/** Something a person asks for that may fail: why the last try did, to be shown beside what was asked. */
export class Attempt {
  error = $state.raw<ErrorInfo | null>(null)

  async run(action: () => Promise<unknown>): Promise<void> {
    try {
      await action()
      this.error = null
    } catch (thrown) {
      this.error = errorInfoOf(thrown)
    }
  }

  clear(): void {
    this.error = null
  }
}
