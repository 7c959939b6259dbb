import type { ErrorInfo } from '#contract'
import { errorInfoOf } from '../api/errors.ts'

export type Notice = {
  readonly noticeId: number
  readonly text: string
  readonly error: ErrorInfo | null
  readonly action: { readonly title: string; readonly run: () => void } | null
}

const shownMs = 12_000
const shownCountMax = 4

/** Short messages about what was just done. Errors stay until they are closed. */
export class Notices {
  list = $state.raw<readonly Notice[]>([])
  #nextId = 1

  say(text: string, action: Notice['action'] = null): void {
    const noticeId = this.#add({ text, error: null, action })
    setTimeout(() => this.close(noticeId), shownMs)
  }

  /** Does something and shows why it failed, if it does. Answers whether it was done. */
  async attempt(what: string, run: () => Promise<unknown>): Promise<boolean> {
    try {
      await run()
      return true
    } catch (thrown) {
      this.#add({ text: what, error: errorInfoOf(thrown), action: null })
      return false
    }
  }

  /** Says that something failed that nobody waits for. */
  fail(text: string, error: ErrorInfo, action: Notice['action'] = null): void {
    this.#add({ text, error, action })
  }

  close(noticeId: number): void {
    this.list = this.list.filter((notice) => notice.noticeId !== noticeId)
  }

  #add(notice: Omit<Notice, 'noticeId'>): number {
    const noticeId = this.#nextId
    this.#nextId += 1
    this.list = [...this.list, { ...notice, noticeId }].slice(-shownCountMax)
    return noticeId
  }
}
