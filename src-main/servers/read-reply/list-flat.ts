import { itemsOf, type Reply, textOf } from '../reply-tree.ts'
import { idFromReply } from './backup-id.ts'
import { integerFromReply } from './field-values.ts'
import type { ListFinding } from './list-maps.ts'
import { tuplesFinding } from './list-tuples.ts'
import { bareBackup } from './listed-backup.ts'
import { finding, lowered } from './reading.ts'
import { timeFromText } from './times.ts'

const WIDTH_MAX = 16
const ID_INTEGER_MAX = 999_999_999n

/** §8.4.7, first half: integers or digit texts alone, different and increasing, none of them like a time. */
export function arrayOfIds(reply: Reply): ListFinding | null {
  const items = itemsOf(reply)
  if (items === null || items.length === 0) return null
  const ids: string[] = []
  let last = 0n
  for (const item of items) {
    const number = integerFromReply(item)
    const id = idFromReply(item)
    if (number === null || id === null || number <= last || number > ID_INTEGER_MAX) return null
    last = number
    ids.push(id)
  }
  const backups = ids.map((id) => bareBackup(id, 'likely'))
  return finding('array of ids', backups, 'likely')
}

/** §8.4.7, second half: a flat array in which a pattern of kinds repeats, folded into rows. One row alone stays a guess. */
export function foldedTuples(reply: Reply, nowUs: number): ListFinding | null {
  const items = itemsOf(reply)
  if (items === null || items.length < 2) return null
  const kinds = items.map(kindOf)
  if (kinds.includes(null)) return null
  const width = shortestPattern(kinds)
  if (width === null) return null
  const rows: (readonly Reply[])[] = []
  for (let index = 0; index < items.length; index += width) rows.push(items.slice(index, index + width))
  const found = tuplesFinding(`flat array folded into rows of ${width}`, rows, nowUs)
  if (found === null || rows.length > 1) return found
  const value = found.value.map((backup) => ({ ...backup, confidence: lowered(backup.confidence) }))
  return { ...found, value, confidence: lowered(found.confidence) }
}

/** integer, time or text: values of different kinds never stand in one column. */
function kindOf(item: Reply): string | null {
  const number = integerFromReply(item)
  if (number !== null) return number > ID_INTEGER_MAX ? 'large number' : 'number'
  if (item.type === 'boolean') return 'boolean'
  const text = textOf(item)
  if (text === null) return null
  return timeFromText(text) === null ? 'text' : 'time'
}

function shortestPattern(kinds: readonly (string | null)[]): number | null {
  for (let width = 2; width <= Math.min(WIDTH_MAX, kinds.length); width += 1) {
    const repeats = kinds.length % width === 0 && kinds.every((kind, index) => kind === kinds[index % width])
    if (repeats && new Set(kinds.slice(0, width)).size > 1) return width
  }
  return null
}
