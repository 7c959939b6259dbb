import type { DirectoryListing } from '#contract'
import { joinPath, splitPathInput, trimPath } from '../base/path-text.ts'
import type { Connection } from './connection.svelte.ts'
import { Load } from './load.svelte.ts'

export type DirectoryEntry = DirectoryListing['entries'][number]

/** A typed path and the directories that could complete it. */
export class DirectoryBrowser {
  text = $state('')
  readonly listing = new Load<DirectoryListing>()
  /** The directories whose names begin with what is typed after the last separator. */
  entries = $derived.by((): readonly DirectoryEntry[] => {
    const prefix = splitPathInput(this.text).prefix.toLowerCase()
    return (this.listing.value?.entries ?? []).filter((entry) => entry.name.toLowerCase().startsWith(prefix))
  })
  readonly #connection: Connection
  #shown: string | null | undefined = undefined

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** Starts in the home directory. */
  async start(): Promise<void> {
    await this.#show(null)
    const home = this.listing.value?.path
    if (this.text === '' && home !== undefined) this.text = joinPath(home, '')
  }

  /** Takes what was typed and lists the directory it is in. */
  async type(text: string): Promise<void> {
    this.text = text
    const { directory } = splitPathInput(text)
    if (directory !== null) await this.#show(trimPath(directory))
  }

  /** Goes into a directory. */
  enter(path: string): Promise<void> {
    return this.type(joinPath(path, ''))
  }

  async #show(path: string | null): Promise<void> {
    if (this.#shown === path && this.listing.error === null) return
    this.#shown = path
    await this.listing.run(() => this.#connection.call((client) => client.sources.browse({ path })))
  }
}
