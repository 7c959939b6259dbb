import { expect } from 'vitest'

/** Expects of what `read` gives that it becomes so: a busy machine has twenty seconds for it. */
export function eventually<Value>(read: () => Value | Promise<Value>) {
  return expect.poll(read, { timeout: 20_000 })
}
