/**
 * Tells any number of subscribers what changed, newest state only: a subscriber that reads slowly gets each thing's
 * last state once, never a backlog (the transports have no back-pressure).
 */
export class ChangeFeed<Key, Value> {
  readonly #subscribers = new Set<Subscriber<Key, Value>>()

  publish(key: Key, value: Value): void {
    for (const subscriber of this.#subscribers) subscriber.push(key, value)
  }

  /**
   * First what `snapshot` returns, then each change; nothing between the two is lost. Ends when the signal aborts or
   * the loop is left.
   */
  async *watch(snapshot: () => Value, signal: AbortSignal | undefined): AsyncGenerator<Value, void> {
    const subscriber = new Subscriber<Key, Value>()
    const wake = () => subscriber.wake()
    const isAborted = () => signal?.aborted === true
    signal?.addEventListener('abort', wake)
    this.#subscribers.add(subscriber)
    try {
      yield snapshot()
      while (!isAborted()) {
        await subscriber.waiting()
        if (!isAborted()) yield* subscriber.take()
      }
    } finally {
      this.#subscribers.delete(subscriber)
      signal?.removeEventListener('abort', wake)
    }
  }

  get subscriberCount(): number {
    return this.#subscribers.size
  }
}

class Subscriber<Key, Value> {
  #pending = new Map<Key, Value>()
  #wake: (() => void) | null = null

  push(key: Key, value: Value): void {
    this.#pending.set(key, value)
    this.wake()
  }

  take(): Value[] {
    const values = [...this.#pending.values()]
    this.#pending = new Map()
    return values
  }

  wake(): void {
    this.#wake?.()
    this.#wake = null
  }

  waiting(): Promise<void> {
    if (this.#pending.size > 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }
}
