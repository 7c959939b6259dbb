import { printableText, toHex } from '#base/bytes.ts'
import type { DataRow, DecodedRow } from '#contract'
import type { Row, RowContent } from '../../rocksdb/view/row.ts'
import type { OpenState } from './open-states.ts'

type Shown = Pick<DataRow, 'kind' | 'value' | 'valueSizeBytes' | 'parts'>

/** A row as a codec reads it where it can. */
export function decodedRow({ codec }: Pick<OpenState, 'codec'>, columnFamilyName: string, row: Row): DataRow {
  const { content } = row
  const isWhole = content.kind === 'value' && content.value.bytes.length === content.value.sizeBytes
  if (codec === null || !isWhole || !codec.recognises(columnFamilyName, row.key)) return toDataRow(row, null)
  return toDataRow(row, codec.decode(columnFamilyName, row.key, content.value.bytes))
}

/** A list carries the start of each value only. */
export function shortened(row: DataRow, valueBytesMax: number): DataRow {
  if (row.valueSizeBytes <= valueBytesMax) return row
  const start = Buffer.from(row.value, 'base64').subarray(0, valueBytesMax)
  return { ...row, value: start.toString('base64') }
}

function toDataRow(row: Row, decoded: DecodedRow | null): DataRow {
  return { key: base64(row.key), sequence: row.sequence, ...shown(row.content), decoded }
}

function shown(content: RowContent): Shown {
  switch (content.kind) {
    case 'value':
    case 'unreadable':
      return single(content.kind, content.value.bytes, content.value.sizeBytes)
    case 'blob-reference': {
      const { fileNumber, offsetBytes, sizeBytes } = content.reference
      const place = part(`blob file ${fileNumber} at byte ${offsetBytes}`, { bytes: new Uint8Array(), sizeBytes })
      return { ...single(content.kind, new Uint8Array(), sizeBytes), parts: [place] }
    }
    case 'entity':
      return {
        ...single(content.kind, new Uint8Array(), 0),
        parts: content.columns.map((column) => part(printableText(column.name) ?? toHex(column.name), column.value)),
      }
    case 'merge': {
      const base = content.base === null ? single('merge', new Uint8Array(), 0) : shown(content.base)
      return { ...base, kind: 'merge', parts: content.operands.map((operand) => part('operand', operand)) }
    }
  }
}

function single(kind: DataRow['kind'], bytes: Uint8Array, valueSizeBytes: number): Shown {
  return { kind, value: base64(bytes), valueSizeBytes, parts: [] }
}

function part(name: string, value: { bytes: Uint8Array; sizeBytes: number }): DataRow['parts'][number] {
  return { name, value: base64(value.bytes), sizeBytes: value.sizeBytes }
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
