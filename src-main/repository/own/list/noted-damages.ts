import { AppError } from '#base/app-error.ts'
import { type Damage, DamageError } from '#base/damage.ts'
import { fileDamage } from '../../indexed.ts'

/** Runs a step; what is damaged or cannot be read is noted, and the answer is null then. Our own bugs go on. */
export function orNote<Result>(damages: Damage[], file: string, step: () => Result): Result | null {
  try {
    return step()
  } catch (cause) {
    if (cause instanceof DamageError) damages.push(cause.damage)
    else if (cause instanceof AppError) damages.push(fileDamage(file, cause.facts.message))
    else throw cause
    return null
  }
}
