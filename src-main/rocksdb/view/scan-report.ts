import { AppError } from '#base/app-error.ts'
import { type Damage, DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { formatFileNumber } from '../database-file-name.ts'
import type { TableFile } from '../manifest/manifest-state.ts'

/** Damage met by a scan; the keys of the range may be missing from its rows, or stand there with an older version. */
export type ViewDamage = {
  readonly damage: Damage
  /** null when the damage is not in a table */
  readonly fileNumber: number | null
  /** user keys, both inclusive; the same one twice when it concerns one row */
  readonly firstKey: Uint8Array
  readonly lastKey: Uint8Array
}

/** Collects the damages of one scan. */
export class ScanReport {
  readonly damages: ViewDamage[] = []
  /** the key the scan is at, as a view: what a source loses while it is under way lies behind it */
  key: Uint8Array | null = null

  /**
   * Keeps what went wrong with a table.
   * @param isUnderWay the source stood on an entry when it happened
   * @throws the error itself unless it is damage or says that the file cannot be opened or read
   */
  addTable(error: unknown, file: TableFile, isUnderWay: boolean): Damage {
    const damage = damageOf(error, `${formatFileNumber(file.fileNumber)}.sst`, 'table')
    const firstKey = isUnderWay && this.key !== null ? new Uint8Array(this.key) : file.smallestKey
    this.#add({ damage, fileNumber: file.fileNumber, firstKey, lastKey: file.largestKey })
    return damage
  }

  addRow(damage: Damage, key: Uint8Array): void {
    this.#add({ damage, fileNumber: null, firstKey: key, lastKey: key })
  }

  #add(damage: ViewDamage): void {
    if (this.damages.length < limits.damagesKeptMax) this.damages.push(damage)
  }
}

/**
 * What an error says about a file, as damage.
 * @throws the error itself unless it is damage or says that the file cannot be opened or read
 */
export function damageOf(error: unknown, file: string, structure: string): Damage {
  if (error instanceof DamageError) return error.damage
  if (!(error instanceof AppError)) throw error
  return {
    file: error.facts.subject ?? file,
    offsetBytes: null,
    structure,
    problem: error.facts.message,
    expected: null,
    found: null,
  }
}
