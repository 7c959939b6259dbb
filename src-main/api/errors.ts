import { ORPCError } from '@orpc/server'
import { toErrorInfo } from '#base/error-info.ts'

/** Runs a handler; whatever it throws reaches the caller as the contract's one declared error, with its facts. */
export async function answering<Result>(handler: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await handler()
  } catch (thrown) {
    const info = toErrorInfo(thrown)
    throw new ORPCError('LIFEBOAT', { defined: true, message: info.message, data: info, cause: thrown })
  }
}
