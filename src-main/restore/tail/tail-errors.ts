import { AppError } from '#base/app-error.ts'

const UNHARMED = 'The target was not made; the repository was only read.'

/** The archive does not hold what the plan needs. */
export function archiveDiffers(message: string, subject: string, cause?: unknown): AppError {
  const nextStep =
    'Verify the repository, then choose a point that it reaches: before the damage, or from a newer full backup.'
  return new AppError('DAMAGED', { message, subject, unharmed: UNHARMED, nextStep }, { cause })
}

/** RocksDB would leave out, without a word, what is written to a family that its MANIFEST does not know. */
export function unknownFamily(columnFamilyId: number, sequence: number): AppError {
  return new AppError('BACKUP_INCOMPLETE', {
    message: `a commit writes to column family ${columnFamilyId}, which the full backup does not have`,
    subject: `sequence ${sequence}`,
    unharmed: UNHARMED,
    nextStep:
      'The family was created after that backup: choose a point behind a newer full, or one before this commit.',
  })
}

/** The base itself is not what it should be: another one may be. */
export function baseDiffers(message: string, subject: string, cause?: unknown): AppError {
  const nextStep = 'Verify the full backup deeply, and plan the recovery from another one.'
  return new AppError('BACKUP_INCOMPLETE', { message, subject, unharmed: UNHARMED, nextStep }, { cause })
}
