import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { toHex } from '#base/bytes.ts'
import type { Table } from '../../../../src-main/rocksdb/sst/table.ts'
import type { TableIterator } from '../../../../src-main/rocksdb/sst/table-iterator.ts'

const fixtureUrl = new URL('../../../fixtures/rocksdb/', import.meta.url)

export type ExpectedTable = {
  readonly file: string
  readonly formatVersion: number
  readonly checksum: string
  readonly compression: string
  readonly indexType: number
  readonly entryCount: number
  readonly first: string
  readonly last: string
  readonly sha256: string
}

export function fixtureBytes(file: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(file, fixtureUrl)))
}

/** The golden list; the file with patched properties has no line of its own and is tested by itself. */
export const expectedTables: readonly ExpectedTable[] = readFileSync(new URL('expected_sst.tsv', fixtureUrl), 'utf8')
  .split('\n')
  .slice(1)
  .map((line) => line.split('\t'))
  .filter((fields) => fields.length === 9 && fields[8] !== '')
  .map((fields) => ({
    file: String(fields[0]),
    formatVersion: Number(String(fields[1]).slice(2)),
    checksum: String(fields[2]),
    compression: String(fields[3]),
    indexType: Number(String(fields[4]).split('=')[1]),
    entryCount: Number(fields[5]),
    first: String(fields[6]),
    last: String(fields[7]),
    sha256: String(fields[8]),
  }))

export type Entry = {
  readonly userKey: Uint8Array
  readonly sequence: number
  readonly type: number
  readonly value: Uint8Array
}

/** Every entry, copied. */
export function readEntries(table: Table): Entry[] {
  const entries: Entry[] = []
  const iterator = table.iterator()
  for (iterator.seekToFirst(); iterator.valid; iterator.next()) entries.push(copyEntry(iterator))
  return entries
}

/** Every entry from the last to the first, copied. */
export function readEntriesBackward(table: Table): Entry[] {
  const entries: Entry[] = []
  const iterator = table.iterator()
  for (iterator.seekToLast(); iterator.valid; iterator.prev()) entries.push(copyEntry(iterator))
  return entries
}

/** The entry it stands on, which the next move overwrites. */
export function copyEntry(iterator: TableIterator): Entry {
  const { sequence, type } = iterator
  return { userKey: iterator.userKey.slice(), sequence, type, value: iterator.value.slice() }
}

/** One line of hex(user key), sequence, type, hex(value) for every entry, hashed. */
export function hashEntries(entries: readonly Entry[]): string {
  const hash = createHash('sha256')
  for (const { userKey, sequence, type, value } of entries) {
    hash.update(`${toHex(userKey)} ${sequence} ${type} ${toHex(value)}\n`)
  }
  return hash.digest('hex')
}

/** An entry as the golden list writes it. */
export function entryLabel(entry: Entry | undefined): string {
  if (entry === undefined) return ''
  let key = ''
  for (const byte of entry.userKey) {
    key += byte < 0x20 ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte)
  }
  return `${key}@${entry.sequence}:${entry.type}`
}
