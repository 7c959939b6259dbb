import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'

/** The database moved on while it was captured, or is not whole: which of them, the next attempts tell. */
export class RestartError extends Error {
  override readonly name = 'RestartError'
  /** what it is when the next attempts find exactly the same */
  readonly whenItStays: AppError | DamageError

  /** @param reason with all numbers and names, so that only the same thing reads the same */
  constructor(reason: string, whenItStays: AppError | DamageError) {
    super(reason, { cause: whenItStays })
    this.whenItStays = whenItStays
  }
}

/** Something that is damage unless the database was at work. */
export function restartOrDamage(file: string, structure: string, problem: string, found: string | null = null): never {
  const damage = { file, offsetBytes: null, structure, problem, expected: null, found }
  throw new RestartError(`${file}: ${problem} (${found})`, new DamageError(damage))
}

/** Something that only a database at work does. */
export function restartBecause(reason: string): never {
  throw new RestartError(reason, tooBusy(reason))
}

export function tooBusy(reason: string, attemptCount?: number): AppError {
  const attempts = attemptCount === undefined ? '' : ` in ${attemptCount} attempts`
  return new AppError('SOURCE_CHANGED', {
    message: `the database is too busy: no consistent state could be held${attempts} (${reason})`,
    unharmed: 'The database was only read; no backup was made.',
    nextStep:
      'Try again when less is written, give the database larger write buffers, or keep its logs for a while (WAL_ttl_seconds).',
  })
}
