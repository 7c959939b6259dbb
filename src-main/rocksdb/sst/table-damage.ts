import { DamageError } from '#base/damage.ts'

/** Where something was read, for the damage it may report. */
export type Place = { readonly file: string; readonly structure: string; readonly offsetBytes: number | null }

/** Gives up on the structure at `place`. */
export function failAt(
  place: Place,
  problem: string,
  expected: string | null = null,
  found: string | null = null,
): never {
  throw new DamageError({
    file: place.file,
    offsetBytes: place.offsetBytes,
    structure: place.structure,
    problem,
    expected,
    found,
  })
}

/** A 32-bit word as messages show it. */
export function hexWord(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`
}
