import type { DataRow, DecodedRow } from '#contract'
import { bytes, text, visible } from './render.ts'

/** Decoded rows in words, the others as `ldb scan` prints them. */
export function rowLine(row: DataRow): string {
  return `${text(row.key)} ==> ${valueText(row)}`
}

/** A value in one line; what is not a plain value says what it is. */
export function valueText(row: DataRow): string {
  if (row.decoded !== null) return inWords(row.decoded)
  const parts = row.parts.map(({ name, value, sizeBytes }) => `${name}: ${cutText(value, sizeBytes)}`).join(', ')
  switch (row.kind) {
    case 'value':
      return cutText(row.value, row.valueSizeBytes)
    case 'unreadable':
      return `(cannot be decoded) ${cutText(row.value, row.valueSizeBytes)}`
    case 'entity':
      return visible(`{${parts}}`)
    case 'blob-reference':
      return visible(`(cannot be read: ${row.parts.map(({ name }) => name).join(', ')})`)
    case 'merge':
      return visible(`${cutText(row.value, row.valueSizeBytes)} (merged with ${parts})`)
  }
}

/** One line for a row and its labels, or several, for a person who looks at this row alone. */
export function wholeRowText(row: DataRow): string {
  const { decoded } = row
  if (decoded === null) return valueText(row)
  const ends = decoded.type === 'edge' ? ` from ${decoded.source} to ${decoded.target}` : ''
  const head = `${decoded.type} ${decoded.id} ${labelsOf(decoded)}${ends}, tenant ${decoded.tenant}`
  const properties = decoded.properties.map(({ name, type, text: value }) => `  ${name}: ${value} (${type})`)
  const times = [
    ['created', decoded.createdAtMs],
    ['updated', decoded.updatedAtMs],
  ].flatMap(([name, timeMs]) => (typeof timeMs === 'number' ? [`  ${name} ${isoMs(timeMs)}`] : []))
  return [head, ...properties, ...times].map(visible).join('\n')
}

function inWords(row: DecodedRow): string {
  const properties = row.properties.map((property) => `${property.name}: ${property.text}`).join(', ')
  const ends = row.type === 'edge' ? ` (${row.source})->(${row.target})` : ''
  return visible(`${labelsOf(row)}${ends} {${properties}}`)
}

function labelsOf({ labels }: DecodedRow): string {
  return labels.map((label) => `:${label}`).join('')
}

function cutText(value: string, sizeBytes: number): string {
  const isWhole = Buffer.byteLength(value, 'base64') >= sizeBytes
  return isWhole ? text(value) : `${text(value)}… (the start of ${bytes(sizeBytes)})`
}

/** A stored time is any number. */
function isoMs(timeMs: number): string {
  const time = new Date(timeMs)
  return Number.isNaN(time.getTime()) ? `${timeMs} ms` : time.toISOString()
}
