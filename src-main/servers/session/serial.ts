/** Runs one task after the other, in the order they came, whatever becomes of each. */
export class Serial {
  #last: Promise<unknown> = Promise.resolve()

  run<Value>(task: () => Promise<Value>): Promise<Value> {
    const result = this.#last.then(task)
    this.#last = result.catch(() => {})
    return result
  }
}
