import { describeDamage } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { type DamageInfo, errorCodes } from '#contract'
import { visible } from './render.ts'

/** What is to be known beside an answer: sentences, and damage that was met on the way. */
export class Remarks {
  readonly #notes: string[] = []
  readonly #damages = new Map<string, DamageInfo>()
  #uncountedDamages = 0

  note(sentence: string): void {
    this.#notes.push(sentence)
  }

  /** Each damage is kept once, however many pages met it. */
  addDamages(damages: readonly DamageInfo[]): void {
    for (const damage of damages) {
      if (this.#damages.size < limits.damagesKeptMax) this.#damages.set(describeDamage(damage), damage)
    }
  }

  /** Damage of which only the number is known. */
  countDamages(count: number): void {
    this.#uncountedDamages += count
  }

  /** For the answer as JSON. */
  get fields(): { notes: string[]; damages: DamageInfo[] } {
    return { notes: this.#notes, damages: [...this.#damages.values()] }
  }

  /** For people, beside the answer so that it can be piped on. Damage decides the exit status. */
  show(isJson: boolean): void {
    if (this.#damages.size > 0 || this.#uncountedDamages > 0) process.exitCode = errorCodes.DAMAGED
    if (isJson) return
    const damages = [...this.#damages.keys()].map((line) => `damage: ${visible(line)}`)
    if (damages.length > 0) damages.push('What lies near damage may be missing, or older than it should be.')
    for (const line of [...this.#notes, ...damages]) process.stderr.write(`${line}\n`)
  }
}
