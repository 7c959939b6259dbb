/**
 * Something in a file that is not what its format says. Damage is data: it is collected, stored and shown.
 * `file` is relative to the opened directory; `offsetBytes` counts from the file's start (null: the file as a whole).
 */
export type Damage = {
  readonly file: string
  readonly offsetBytes: number | null
  /** the part of the format, in its own words: "footer", "data block", "meta line 4" */
  readonly structure: string
  readonly problem: string
  readonly expected: string | null
  readonly found: string | null
}

/** How a decoder gives up on the part it was reading. Whoever reads the file catches it and keeps the damage. */
export class DamageError extends Error {
  override readonly name = 'DamageError'
  readonly damage: Damage

  constructor(damage: Damage, options?: ErrorOptions) {
    super(describeDamage(damage), options)
    this.damage = damage
  }
}

/** One line for logs and terminals. */
export function describeDamage(damage: Damage): string {
  const place = damage.offsetBytes === null ? damage.file : `${damage.file} at byte ${damage.offsetBytes}`
  const facts = [
    damage.expected === null ? '' : `expected ${damage.expected}`,
    damage.found === null ? '' : `found ${damage.found}`,
  ].filter((fact) => fact !== '')
  return `${place}: ${damage.structure}: ${damage.problem}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`
}
