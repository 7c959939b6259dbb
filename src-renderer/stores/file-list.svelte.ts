import type { BackupFile, ErrorInfo } from '#contract'
import { errorInfoOf } from '../api/errors.ts'
import type { BackupRef } from './backups.ts'
import type { Connection } from './connection.svelte.ts'

const pageSize = 1_000
/** More rows than anybody filters by hand; keeps the page's memory bounded. */
const loadedCountMax = 100_000

/** The files of a backup, loaded page by page, so that the first rows are there at once. */
export class FileList {
  files = $state.raw<readonly BackupFile[]>([])
  totalCount = $state<number | null>(null)
  error = $state.raw<ErrorInfo | null>(null)
  isLoading = $state(false)
  readonly #connection: Connection

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Loads until all are there, the limit is reached, or the signal ends. */
  async load(ref: BackupRef, signal: AbortSignal): Promise<void> {
    const loaded: BackupFile[] = []
    this.isLoading = true
    try {
      while (!signal.aborted && loaded.length < loadedCountMax) {
        const page = await this.#page(ref, loaded.length)
        if (signal.aborted) return
        loaded.push(...page.files)
        this.files = [...loaded]
        this.totalCount = page.totalCount
        this.error = null
        if (page.files.length === 0 || loaded.length >= page.totalCount) return
      }
    } catch (thrown) {
      if (!signal.aborted) this.error = errorInfoOf(thrown)
    } finally {
      if (!signal.aborted) this.isLoading = false
    }
  }

  #page({ sourceId, backupId }: BackupRef, offset: number) {
    return this.#connection.call((client) => client.files.list({ sourceId, backupId, offset, limit: pageSize }))
  }
}
