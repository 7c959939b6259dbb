import { itemsOf, type Reply, textOf } from '../reply-tree.ts'
import { cleanLine } from './clean-text.ts'
import { fieldKey, meaningOf } from './field-names.ts'
import { fromRecords, type ListFinding } from './list-maps.ts'
import { finding, lowest } from './reading.ts'
import { type FieldRecord, readRecord } from './records.ts'
import { timeFromText } from './times.ts'

/**
 * §8.4.4: a header of texts and rows as wide as it. Flat key-value arrays look alike; a header is told from them because its texts are
 * names: no number, no time, no name twice, and the rows do not repeat its even places.
 */
export function headerAndRows(reply: Reply): ListFinding | null {
  const rows = itemsOf(reply)?.map(itemsOf)
  const [header, ...body] = rows ?? []
  if (header === undefined || header === null) return null
  const names = headerNames(header)
  if (names === null || (body.length === 0 && !names.every((name) => meaningOf(fieldKey(name)) !== null))) return null
  const cells: (readonly Reply[])[] = []
  for (const row of body) {
    if (row === null || row.length !== names.length) return null
    cells.push(row)
  }
  if (cells.length > 0 && cells.every((row) => repeatsNames(row, names))) return null
  return tableFinding('header row and rows', names, cells)
}

/** Named columns as a list of backups. A table without rows is an empty list, which only an empty array says for certain. */
export function tableFinding(
  shape: string,
  names: readonly string[],
  rows: readonly (readonly Reply[])[],
): ListFinding | null {
  if (rows.length === 0) return finding(`${shape}, without rows`, [], 'likely')
  const records = rows.map((row) => recordOfRow(names, row))
  const found = fromRecords(shape, records)
  if (found === null) return null
  const backups = found.value.map((backup) => ({ ...backup, confidence: lowest(backup.confidence, 'likely') }))
  return { ...found, value: backups, confidence: lowest(found.confidence, 'likely') }
}

/** The names of a header: texts that are names, one of them known, none twice; else null. */
export function headerNames(header: readonly Reply[]): string[] | null {
  const names: string[] = []
  for (const cell of header) {
    const name = textOf(cell)
    if (name === null || !isName(name)) return null
    names.push(name)
  }
  const keys = names.map(fieldKey)
  if (new Set(keys).size !== keys.length || !keys.some((key) => meaningOf(key) !== null)) return null
  return names
}

function isName(text: string): boolean {
  return text.length <= 256 && /\p{L}/u.test(text) && timeFromText(text) === null
}

function repeatsNames(row: readonly Reply[], names: readonly string[]): boolean {
  if (names.length < 2 || names.length % 2 !== 0) return false
  return (
    row.every((cell, index) => index % 2 === 1 || textOf(cell) === names[index]) &&
    readRecord({ type: 'array', items: row }) !== null
  )
}

function recordOfRow(names: readonly string[], row: readonly Reply[]): FieldRecord {
  const fields = names.map((name, index) => ({
    name: cleanLine(name),
    key: fieldKey(name),
    value: row[index] ?? ({ type: 'null' } as const),
  }))
  return { form: 'row', fields }
}
