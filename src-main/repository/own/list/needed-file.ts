import type { Damage } from '#base/damage.ts'
import { fileDamage } from '../../indexed.ts'
import type { FileSizes } from './file-sizes.ts'
import type { ListedBackup } from './listed-backup.ts'

/** Compares a file with what a backup says of it; what is wrong is a damage, and so is a file that is not there. */
export function missedFile(
  sizes: FileSizes,
  file: { path: string; sizeBytes: number | null },
): { state: ListedBackup['state']; sizeBytes: number; damage: Damage | null } {
  const found = sizes.get(file.path)
  if (found === 'missing') return { state: 'incomplete', sizeBytes: 0, damage: fileDamage(file.path, 'missing') }
  if (found === 'unusable') {
    const problem = 'a link, a folder or a device, or it cannot be read'
    return { state: 'damaged', sizeBytes: 0, damage: fileDamage(file.path, problem) }
  }
  if (file.sizeBytes !== null && file.sizeBytes !== found) {
    const damage = {
      ...fileDamage(file.path, 'another size'),
      expected: `${file.sizeBytes} bytes`,
      found: `${found} bytes`,
    }
    return { state: 'damaged', sizeBytes: found, damage }
  }
  return { state: 'ok', sizeBytes: found, damage: null }
}

/** The worse of states: damaged, incomplete, ok. */
export function worstState(states: readonly ListedBackup['state'][]): ListedBackup['state'] {
  if (states.includes('damaged')) return 'damaged'
  return states.includes('incomplete') ? 'incomplete' : 'ok'
}
