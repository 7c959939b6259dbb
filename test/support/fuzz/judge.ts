import { AppError } from '#base/app-error.ts'
import { type Damage, DamageError } from '#base/damage.ts'
import type { ErrorCode } from '#base/error-codes.ts'
import type { MutatedFiles } from './mutate-files.ts'
import type { Answer, Files, Guarantee, Target } from './target.ts'

/** How a case ended. */
export type Outcome = { readonly answer: Answer } | { readonly error: unknown }

const codesOfInput: ReadonlySet<ErrorCode> = new Set([
  'DAMAGED',
  'LIMIT_EXCEEDED',
  'PATH_NOT_FOUND',
  'COLUMN_FAMILY_NOT_FOUND',
  'BAD_REQUEST',
  'BACKUP_INCOMPLETE',
])
const UNFINISHED_TEXT = /undefined|NaN|\[object/

export function damagesOf(outcome: Outcome): readonly Damage[] {
  if ('answer' in outcome) return outcome.answer.damages
  return outcome.error instanceof DamageError ? [outcome.error.damage] : []
}

/** What is wrong with an outcome, or null. */
export function problemOf(target: Target, mutated: MutatedFiles, outcome: Outcome, original: Original): string | null {
  if ('error' in outcome && !isTyped(outcome.error)) return `threw ${stackOf(outcome.error)}`
  for (const damage of damagesOf(outcome)) {
    const problem = damageProblem(damage, mutated.files, target.otherFiles)
    if (problem !== null) return `${problem}: ${JSON.stringify(damage)}`
  }
  if (mutated.kind !== 'noise' || 'error' in outcome) return null
  return answerProblem(outcome.answer, original)
}

/** The rows of the unchanged input. */
export type Original = { readonly guarantee: Guarantee; readonly items: ReadonlySet<string>; readonly count: number }

function isTyped(error: unknown): boolean {
  return error instanceof DamageError || (error instanceof AppError && codesOfInput.has(error.code))
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return (error.stack ?? error.message).split('\n').slice(0, 6).join('\n')
}

function damageProblem(damage: Damage, files: Files, otherFiles: RegExp | undefined): string | null {
  const bytes = files.get(damage.file)
  if (bytes === undefined && otherFiles?.test(damage.file) !== true) return 'damage of a file that is not there'
  if (damage.structure === '' || damage.problem === '') return 'damage without a structure or a problem'
  const texts = [damage.structure, damage.problem, damage.expected ?? '', damage.found ?? '']
  if (texts.some((text) => UNFINISHED_TEXT.test(text))) return 'damage with an unfinished text'
  const { offsetBytes } = damage
  if (offsetBytes === null || bytes === undefined) return null
  const isInside = Number.isSafeInteger(offsetBytes) && offsetBytes >= 0 && offsetBytes <= bytes.length
  return isInside ? null : `damage outside a file of ${bytes.length} bytes`
}

function answerProblem({ items, damages }: Answer, original: Original): string | null {
  if (original.guarantee === 'nothing') return null
  const invented = items.find((item) => !original.items.has(item))
  if (invented !== undefined) return `invented ${JSON.stringify(invented.slice(0, 200))}`
  const isRepeated = original.count === original.items.size && new Set(items).size < items.length
  if (isRepeated) return 'gave something twice'
  if (original.guarantee === 'subset' || damages.length > 0 || items.length === original.count) return null
  return `gave ${items.length} of ${original.count} without a word of damage`
}
