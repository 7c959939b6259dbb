import { equalBytes } from '#base/bytes.ts'
import type { DataRow } from '#contract'
import type { Row } from '../../rocksdb/view/row.ts'
import type { Tasks } from '../messages.ts'
import { toDataRow } from './data-row.ts'
import { type OpenedView, viewOf } from './open-views.ts'

// a node with a long vector property is still decoded as a whole
const DECODED_VALUE_BYTES_MAX = 1024 * 1024

/** One page of rows of a backup, decoded where a codec knows them. */
export function dataPage(input: Tasks['data-page']['input']): Tasks['data-page']['output'] {
  const opened = viewOf(input.path, input.backupId, input.nowMs)
  const { rows, next, damages } = opened.view.scan({
    columnFamilyId: input.columnFamilyId,
    after: input.after,
    from: input.from,
    limit: input.limit,
    maxValueBytes: opened.codec === null ? input.valueBytesMax : DECODED_VALUE_BYTES_MAX,
  })
  return {
    rows: rows.map((row) => shorten(decodedRow(opened, input.columnFamilyId, row), input.valueBytesMax)),
    next: next === null ? null : Buffer.from(next).toString('base64'),
    damages: [...opened.view.damages, ...damages.map(({ damage }) => damage)],
    codec: opened.codec?.name ?? null,
  }
}

/** One row by its key, its value as long as asked for. */
export function dataValue(input: Tasks['data-value']['input']): Tasks['data-value']['output'] {
  const opened = viewOf(input.path, input.backupId, input.nowMs)
  const key = new Uint8Array(input.key)
  const { rows } = opened.view.scan({
    columnFamilyId: input.columnFamilyId,
    after: null,
    from: key,
    limit: 1,
    maxValueBytes: input.valueBytesMax,
  })
  const [row] = rows
  if (row === undefined || !equalBytes(row.key, key)) return { row: null, isCut: false }
  const shown = decodedRow(opened, input.columnFamilyId, row)
  return { row: shown, isCut: shown.valueSizeBytes > input.valueBytesMax }
}

function decodedRow({ view, codec }: OpenedView, columnFamilyId: number, row: Row): DataRow {
  const name = view.columnFamilies.find((family) => family.id === columnFamilyId)?.name ?? ''
  const { content } = row
  const isWhole = content.kind === 'value' && content.value.bytes.length === content.value.sizeBytes
  if (codec === null || !isWhole || !codec.recognises(name, row.key)) return toDataRow(row, null)
  return toDataRow(row, codec.decode(name, row.key, content.value.bytes))
}

/** A list carries the start of each value only. */
function shorten(row: DataRow, valueBytesMax: number): DataRow {
  if (row.valueSizeBytes <= valueBytesMax) return row
  const start = Buffer.from(row.value, 'base64').subarray(0, valueBytesMax)
  return { ...row, value: start.toString('base64') }
}
