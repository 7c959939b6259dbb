import type { DataRow, DataVersion, DecodedRow } from '#contract'
import { keyText } from '../../base/key-text.ts'
import { kindText, propertyWords } from './data-columns.ts'

const shownBytes = 96
const shownLength = 240

export const versionKinds: Record<DataVersion['kind'], string> = {
  put: 'written',
  merge: 'merged',
  deletion: 'deleted',
  'single-deletion': 'deleted (single)',
  'range-deletion': 'deleted with a range',
}

/** What a row holds, in one line; `hasLabels` is false where the labels stand beside it. */
export function rowWords(row: DataRow, hasLabels = true): string {
  if (row.decoded !== null) return cut(decodedWords(row.decoded, hasLabels))
  const kind = kindText(row)
  const value = row.value === '' && kind === '' ? 'empty value' : keyText(row.value, shownBytes)
  return kind === '' ? value : [kind, value].filter((words) => words !== '').join(' · ')
}

/** The version that is seen at an instant, of versions that come newest first. */
export function versionShown(versions: readonly DataVersion[], shownSequence: number): DataVersion | null {
  return versions.find(({ sequence }) => sequence <= shownSequence) ?? null
}

function decodedWords({ labels, properties, source, target }: DecodedRow, hasLabels: boolean): string {
  const ends = source === null ? [] : [`${source} → ${target}`]
  const words = properties.map((property) => `${property.name}: ${propertyWords(property)}`)
  return [hasLabels ? labels.join(', ') : '', ...ends, ...words].filter((part) => part !== '').join(' · ')
}

function cut(text: string): string {
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text
}
