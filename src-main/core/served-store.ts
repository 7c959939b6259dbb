import { AppError } from '#base/app-error.ts'
import type { GraphStore } from '../sandbox/store/graph-store.ts'
import { putBack, putInPlace } from './database-places.ts'

export type ServedStoreOptions = {
  readonly dataPath: string
  /** opens what lies in `dataPath`. @throws AppError */
  readonly open: () => Promise<GraphStore>
}

/** What archives the commits of the store, and can stand still while another database is put there. */
export type StoppableArchive = {
  reached(sequence: number): Promise<void>
  stop(): Promise<void>
  restart(): Promise<void>
}

/** The store that queries run on. A restored database can take its place; meanwhile queries are refused. */
export class ServedStore {
  readonly #options: ServedStoreOptions
  #store: GraphStore
  #refusal: AppError | null = null

  private constructor(options: ServedStoreOptions, store: GraphStore) {
    this.#options = options
    this.#store = store
  }

  static async open(options: ServedStoreOptions): Promise<ServedStore> {
    return new ServedStore(options, await options.open())
  }

  /** The one that is served now, or was until a moment ago. */
  get last(): GraphStore {
    return this.#store
  }

  /** @throws AppError JOB_RUNNING while another one is put in its place */
  get(): GraphStore {
    if (this.#refusal !== null) throw this.#refusal
    return this.#store
  }

  /**
   * Closes the database when everything that it acknowledged is archived, moves it aside, and serves the restored one.
   * @returns where the database before lies now, whole
   * @throws AppError why that is not possible: then the one before is served again
   */
  async switchTo(restoredPath: string, archive: StoppableArchive): Promise<{ path: string; previousPath: string }> {
    this.#refusal = switching()
    try {
      await this.#store.settled()
      await archive.reached(this.#store.lastSequence)
      return { path: this.#options.dataPath, previousPath: await this.#replace(restoredPath, archive) }
    } finally {
      this.#refusal = null
    }
  }

  async close(): Promise<void> {
    await this.#store.close()
  }

  async #replace(restoredPath: string, archive: StoppableArchive): Promise<string> {
    const { dataPath } = this.#options
    let previousPath: string | null = null
    try {
      await archive.stop()
      await this.#store.close()
      previousPath = putInPlace(restoredPath, dataPath)
      this.#store = await this.#options.open()
      await archive.restart()
      return previousPath
    } catch (failure) {
      await archive.stop()
      await this.#store.close()
      if (previousPath !== null) putBack(previousPath, { dataPath, restoredPath })
      this.#store = await this.#options.open()
      await archive.restart()
      throw notSwitched(failure, restoredPath)
    }
  }
}

function switching(): AppError {
  return new AppError('JOB_RUNNING', {
    message: 'a restored database takes the place of this one',
    unharmed: 'Nothing was changed.',
    nextStep: 'Try again in a moment.',
  })
}

function notSwitched(cause: unknown, restoredPath: string): AppError {
  const known = cause instanceof AppError ? cause : null
  return new AppError(
    known?.code ?? 'DATABASE_UNUSABLE',
    {
      message: `the restored database could not be served (${known?.facts.message ?? String(cause)})`,
      subject: restoredPath,
      unharmed: 'The database before is served again, as it was.',
      nextStep: 'Look at the restored directory, or choose another point.',
    },
    { cause },
  )
}
