import type { Server } from '#contract'
import type { NewServer, Servers } from './servers.svelte.ts'

/**
 * A server on its way into the list. The core notes one before it is known whether it answers, so that what was noted in vain is
 * taken out again.
 */
export class NewServerAttempt {
  /** the last try, when that server did not let us in */
  refused = $state.raw<Server | null>(null)
  readonly #servers: Servers
  /** noted by a try of this attempt, and not in the list before */
  #notedId: number | null = null
  #isDiscarded = false

  constructor(servers: Servers) {
    this.#servers = servers
  }

  /** The server when it let us in; null: `refused` says why not. */
  async submit(order: NewServer): Promise<Server | null> {
    const known = new Set(this.#servers.list.map(({ serverId }) => serverId))
    const server = await this.#servers.add(order)
    if (this.#notedId !== null && this.#notedId !== server.serverId) await this.#takeOut()
    if (!known.has(server.serverId)) this.#notedId = server.serverId
    if (this.#isDiscarded) {
      await this.#takeOut()
      return null
    }
    const isIn = server.state === 'ready' || server.state === 'without-backup'
    this.refused = isIn ? null : server
    return isIn ? server : null
  }

  /** Nobody wants it any more, nor what a try brings that is still under way. */
  discard(): Promise<void> {
    this.#isDiscarded = true
    return this.#takeOut()
  }

  async #takeOut(): Promise<void> {
    const notedId = this.#notedId
    this.#notedId = null
    if (notedId !== null) await this.#servers.forget(notedId)
  }
}
