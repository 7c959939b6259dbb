import type { Damage } from '#base/damage.ts'
import type { Mutation } from './mutations.ts'

/** Files by name; a single file is a set of one. */
export type Files = ReadonlyMap<string, Uint8Array>

export type Input = { readonly name: string; readonly files: Files }

/** What a reader gave: rows, records or states as comparable texts, and the damages it named. */
export type Answer = { readonly items: readonly string[]; readonly damages: readonly Damage[] }

/**
 * What holds for noise, because of checksums. subset: nothing that the original does not hold. whole: without any
 * damage also all that it holds. nothing: the format has no checksums.
 */
export type Guarantee = 'subset' | 'whole' | 'nothing'

/** One reader under test: a line in a table of targets. */
export type Target = {
  readonly name: string
  /** the test file that runs it */
  readonly group: string
  /** in a normal run */
  readonly cases: number
  /** @param folder what the test made for it, null when it made nothing */
  readonly inputs: (folder: string | null) => readonly Input[] | Promise<readonly Input[]>
  /** for the file of that name */
  readonly mutations: (fileName: string) => readonly Mutation[]
  /** may throw DamageError or AppError */
  readonly read: (files: Files, input: Input) => Answer | Promise<Answer>
  readonly guarantee?: (input: Input) => Guarantee
  /** what may be returned, where that is more than what reading the original gives */
  readonly original?: (input: Input) => readonly string[]
  /** names that damages may carry besides those of the files */
  readonly otherFiles?: RegExp
}
