/** A broken rule of our own code: never caused by input, never caught to carry on. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** Stops when our own code broke a rule. Bad input is a Damage or an AppError, never an assertion. */
export function assert(condition: unknown, rule: string): asserts condition {
  if (!condition) throw new AssertionError(rule)
}

/** Marks a branch that the types say cannot be reached. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable: ${String(value)}`)
}
