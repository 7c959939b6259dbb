import { bulkOf, type Reply } from '../reply-tree.ts'
import { fieldKey, keysFor } from './field-names.ts'
import { fromRecords, type ListFinding } from './list-maps.ts'
import { headerNames, tableFinding } from './list-tables.ts'
import { lowest } from './reading.ts'
import { type Field, type FieldRecord, fieldMeaning } from './records.ts'

const border = /^[\s\-+=|]*$/
const footer = /^\(?\d+ (rows?|backups?)\)?$/i
const infoLine = /^\s*([A-Za-z][\w .-]{0,63}?)\s*:\s?(.*)$/

/** §8.4.9b: `key:value` lines in blocks that a blank line, a `#` title or the next id begins. */
export function infoBlocks(text: string): ListFinding | null {
  const blocks: Field[][] = [[]]
  const idKeys = new Set(keysFor('id'))
  for (const line of text.split('\n')) {
    const open = blocks.at(-1) ?? []
    if (line.trim() === '' || line.startsWith('#')) {
      if (open.length > 0) blocks.push([])
      continue
    }
    const [, name, value] = infoLine.exec(line) ?? []
    if (name === undefined || value === undefined) return null
    const field = { name, key: fieldKey(name), value: bulkOf(value.trim()) }
    if (idKeys.has(field.key) && open.some((each) => each.key === field.key)) blocks.push([field])
    else if (open.some((each) => each.key === field.key)) return null
    else open.push(field)
  }
  const records = blocks.filter((fields) => fields.length > 0).map((fields): FieldRecord => ({ form: 'row', fields }))
  if (records.length === 0 || records.some((record) => fieldMeaning(record, 'id') === null)) return null
  const found = fromRecords('blocks of key:value lines', records)
  if (found === null) return null
  const value = found.value.map((backup) => ({ ...backup, confidence: lowest(backup.confidence, 'likely') }))
  return { ...found, value, confidence: lowest(found.confidence, 'likely') }
}

/** §8.4.9c: a table with a header line, columns parted by `|`, tabs or two spaces; border lines do not count. */
export function textTable(text: string): ListFinding | null {
  const lines = text.split('\n').filter((line) => !border.test(line) && !footer.test(line.trim()))
  const header = lines[0] ?? ''
  const separator = header.includes('|') ? '|' : header.includes('\t') ? '\t' : / {2,}/
  const split = (line: string) => {
    const bare = separator === '|' ? line.trim().replace(/^\||\|$/g, '') : separator === '\t' ? line : line.trim()
    return bare.split(separator).map((cell) => cell.trim())
  }
  return rowsWithHeader('text table', lines.map(split))
}

/** §8.4.9d: comma-separated values with a header line (RFC 4180, one record a line). */
export function commaSeparated(text: string): ListFinding | null {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const rows: string[][] = []
  for (const line of lines) {
    const cells = splitCommas(line)
    if (cells === null) return null
    rows.push(cells)
  }
  return rowsWithHeader('comma-separated values', rows)
}

function rowsWithHeader(shape: string, rows: readonly (readonly string[])[]): ListFinding | null {
  const [header, ...body] = rows
  if (header === undefined || header.length < 2) return null
  const names = headerNames(header.map(bulkOf))
  if (names === null || body.some((row) => row.length !== names.length)) return null
  return tableFinding(
    shape,
    names,
    body.map((row) => row.map((cell): Reply => (cell === '' ? { type: 'null' } : bulkOf(cell)))),
  )
}

function splitCommas(line: string): string[] | null {
  const cells: string[] = []
  const cellForm = /\s*(?:"((?:[^"]|"")*)"|([^",]*))\s*(,|$)/y
  for (;;) {
    const match = cellForm.exec(line)
    if (match === null) return null
    cells.push(match[1] === undefined ? (match[2] ?? '').trim() : match[1].replaceAll('""', '"'))
    if (match[3] !== ',') return cellForm.lastIndex === line.length || match[3] === '' ? cells : null
  }
}
