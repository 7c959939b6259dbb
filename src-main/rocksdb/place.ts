import { type Damage, DamageError } from '#base/damage.ts'

/** Where bytes come from, for the damage they may hold. */
export type Place = {
  readonly file: string
  /** the part of the format, in its own words: "data block", "version edit" */
  readonly structure: string
  /** file offset of the first byte; null when the bytes have no place in the file (decompressed ones) */
  readonly offsetBytes: number | null
}

const TEXT_CHARACTERS_MAX = 300

/** Something wrong at a place. Texts that quote the input are cut: a name may be megabytes long. */
export function damageAt(
  place: Place,
  problem: string,
  expected: string | null = null,
  found: string | null = null,
): Damage {
  const { file, structure, offsetBytes } = place
  return { file, offsetBytes, structure, problem: short(problem), expected: short(expected), found: short(found) }
}

function short<Text extends string | null>(text: Text): Text | string {
  return text === null || text.length <= TEXT_CHARACTERS_MAX ? text : `${text.slice(0, TEXT_CHARACTERS_MAX)}…`
}

/** Gives up on the structure at `place`. */
export function failAt(place: Place, problem: string, expected?: string | null, found?: string | null): never {
  throw new DamageError(damageAt(place, problem, expected, found))
}

/** A 32-bit word as messages show it. */
export function hexWord(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`
}
