import { ORPCError } from '@orpc/client'
import { AppError } from '#base/app-error.ts'
import { toErrorInfo } from '#base/error-info.ts'
import { ErrorInfo } from '#contract'

/** What a failed call says, whether it came through the contract or was thrown here. */
export function infoOf(thrown: unknown): ErrorInfo {
  if (thrown instanceof ORPCError) {
    const declared = ErrorInfo.safeParse(thrown.data)
    if (declared.success) return declared.data
    if (thrown.code === 'BAD_REQUEST') {
      return toErrorInfo(
        new AppError('BAD_REQUEST', {
          message: 'an argument is not valid',
          unharmed: 'Nothing was done.',
          nextStep: 'Backups are named by their number; lifeboat --help shows every command.',
        }),
      )
    }
  }
  return toErrorInfo(thrown)
}
