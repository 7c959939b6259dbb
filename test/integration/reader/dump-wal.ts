import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openLocalFile } from '#base/local-file.ts'
import type { LogWalkResult } from '../../../src-main/rocksdb/log/log-walk.ts'
import { BLOCK_BYTES, HEADER_BYTES } from '../../../src-main/rocksdb/log/record-type.ts'
import { walkLog } from '../../../src-main/rocksdb/log/walk-log.ts'
import { valueType } from '../../../src-main/rocksdb/value-type.ts'
import { decodeWriteBatch, markerType } from '../../../src-main/rocksdb/wal/write-batch.ts'
import { runLdb } from '../../support/rocksdb-tools.ts'
import { upperHex } from './rows.ts'

const hex = (bytes: Uint8Array) => `0x${upperHex(bytes)}`

const markerNames = new Map<number, string>([
  [markerType.beginPrepare, 'BEGIN_PREPARE(false)'],
  [markerType.beginPersistedPrepare, 'BEGIN_PREPARE(false)'],
  [markerType.beginUnprepare, 'BEGIN_PREPARE(true)'],
  [markerType.endPrepare, 'END_PREPARE'],
  [markerType.commit, 'COMMIT'],
  [markerType.rollback, 'ROLLBACK'],
  [markerType.noop, 'NOOP'],
])

function operationText(type: number, family: number, key: Uint8Array, value: Uint8Array): string {
  switch (type) {
    case valueType.value:
      return `PUT(${family}) : ${hex(key)} : ${hex(value)}`
    case valueType.merge:
      return `MERGE(${family}) : ${hex(key)} : ${hex(value)}`
    case valueType.deletion:
      return `DELETE(${family}) : ${hex(key)}`
    case valueType.singleDeletion:
      return `SINGLE_DELETE(${family}) : ${hex(key)}`
    case valueType.rangeDeletion:
      return `DELETE_RANGE(${family}) : ${hex(key)} ${hex(value)}`
    default:
      return `type ${type}`
  }
}

/** One record as `ldb dump_wal --print_value` prints it. */
function batchText(payload: Uint8Array, offsetBytes: number): string {
  const parts: string[] = []
  const place = { file: 'log', structure: 'write batch', offsetBytes: null }
  const { sequence, count } = decodeWriteBatch(payload, place, {
    operation: (type, family, _sequence, key, value) => parts.push(operationText(type, family, key, value)),
    marker(type, transactionId) {
      const id = transactionId.length > 0 ? `(${hex(transactionId)})` : ''
      parts.push(`${markerNames.get(type)}${id}`)
    },
  })
  return `${sequence},${count},${payload.length},${offsetBytes},${parts.join(' ')}`
}

function walked(path: string): { lines: string[]; result: LogWalkResult } {
  const lines: string[] = []
  const source = openLocalFile(path, path)
  const result = walkLog(
    source,
    { logNumber: Number.parseInt(path.slice(-10), 10) },
    { record: (payload, offsetBytes) => lines.push(batchText(payload, offsetBytes)) },
  )
  source.close()
  return { lines, result }
}

async function dumped(databasePath: string, path: string, headerBytes: number): Promise<string[]> {
  const text = await runLdb([`--db=${databasePath}`, 'dump_wal', `--walfile=${path}`, '--header', '--print_value'])
  const [header, ...lines] = text.split('\n').map((line) => line.trim())
  expect(header).toBe('Sequence,Count,ByteSize,Physical Offset,Key(s) : value')
  return lines.filter((line) => line !== '').map((line) => withStart(line, headerBytes))
}

/** ldb prints where it began to look: of a record that did not fit behind the last one, the end of a block. */
function withStart(line: string, headerBytes: number): string {
  return line.replace(/^(\d+,\d+,\d+,)(\d+)/, (_match, before: string, offset: string) => {
    const leftBytes = BLOCK_BYTES - (Number(offset) % BLOCK_BYTES)
    return `${before}${leftBytes < headerBytes ? Number(offset) + leftBytes : offset}`
  })
}

/** Compares every log of the database, and returns all records and how the logs ended. */
export async function expectAsDumpWal(
  path: string,
  headerBytes = HEADER_BYTES,
): Promise<{ lines: string[]; ends: string[] }> {
  const all: string[] = []
  const ends: string[] = []
  for (const name of readdirSync(path).filter((candidate) => candidate.endsWith('.log'))) {
    const { lines, result } = walked(join(path, name))
    expect(result.damages).toEqual([])
    expect(lines.join('\n')).toBe((await dumped(path, join(path, name), headerBytes)).join('\n'))
    for (const line of lines) all.push(line)
    ends.push(result.end)
  }
  return { lines: all, ends }
}
