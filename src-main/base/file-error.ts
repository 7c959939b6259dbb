import { AppError } from './app-error.ts'
import type { ErrorCode } from './error-codes.ts'

const meanings: Record<string, { code: ErrorCode; message: string; nextStep: string }> = {
  ENOENT: { code: 'PATH_NOT_FOUND', message: 'no such file or directory', nextStep: 'Check the path.' },
  ENOTDIR: { code: 'NOT_A_DIRECTORY', message: 'not a directory', nextStep: 'Choose the directory itself.' },
  EACCES: {
    code: 'ACCESS_DENIED',
    message: 'permission denied',
    nextStep: 'Give this user permission for it, or run as a user who has it.',
  },
  EPERM: {
    code: 'ACCESS_DENIED',
    message: 'operation not permitted',
    nextStep: 'Give this user permission, or run as a user who has it.',
  },
  ELOOP: {
    code: 'ACCESS_DENIED',
    message: 'a symbolic link, which is never followed',
    nextStep: 'Replace the link by the file it points to.',
  },
  ENOSPC: { code: 'DISK_FULL', message: 'no space left on the disk', nextStep: 'Free space, then try again.' },
  EDQUOT: { code: 'DISK_FULL', message: 'disk quota exceeded', nextStep: 'Free space, then try again.' },
  EROFS: { code: 'TARGET_UNUSABLE', message: 'read-only file system', nextStep: 'Choose another place.' },
}

/** Translates what the operating system said about a file; the original stays as the cause. */
export function fileError(cause: unknown, subject: string): AppError {
  const known = cause instanceof Error && 'code' in cause ? meanings[String(cause.code)] : undefined
  if (known !== undefined) {
    return new AppError(known.code, { message: known.message, subject, nextStep: known.nextStep }, { cause })
  }
  const message = cause instanceof Error ? cause.message : String(cause)
  return new AppError(
    'IO_FAILED',
    {
      message: `the file system failed (${message})`,
      subject,
      nextStep: 'Check the disk and its cables, then try again.',
    },
    { cause },
  )
}
