import { itemsOf, type Reply, textOf } from '../reply-tree.ts'
import { idFromReply } from './backup-id.ts'
import { fieldKey, meaningOf } from './field-names.ts'
import { backupFromEntry, backupFromRecord, isAgentRow, type ListedBackup } from './listed-backup.ts'
import type { Finding } from './reading.ts'
import { finding, lowest } from './reading.ts'
import { type FieldRecord, fieldOf, readRecord } from './records.ts'

export type ListFinding = Finding<readonly ListedBackup[]>

const wrappers = new Set(['backups', 'items', 'list'])

/** What a map or flat pairs under `backups`, `items` or `list` hold, else null. */
export function unwrapped(reply: Reply): Reply | null {
  const entries = reply.type === 'map' ? reply.entries : (flatEntry(reply) ?? [])
  const wrapped = entries.filter(([key]) => wrappers.has(fieldKey(textOf(key) ?? '')))
  return wrapped.length === 1 ? (wrapped[0]?.[1] ?? null) : null
}

function flatEntry(reply: Reply): (readonly [Reply, Reply])[] | null {
  const [key, value] = reply.type === 'array' && reply.items.length === 2 ? reply.items : []
  return key === undefined || value === undefined || itemsOf(value) === null ? null : [[key, value]]
}

/** §8.4.2: a map whose keys are ids and whose values are maps or flat pairs. */
export function mapOfRecords(reply: Reply): ListFinding | null {
  if (reply.type !== 'map' || reply.entries.length === 0) return null
  const backups: ListedBackup[] = []
  for (const [key, value] of reply.entries) {
    const id = idFromReply(key)
    const record = readRecord(value)
    if (id === null || record === null || meaningOf(fieldKey(id)) !== null) return null
    const named = backupFromRecord(record)
    if (named !== null && named.id !== id) return null
    backups.push(backupFromEntry(id, record))
  }
  return finding('map of id to fields', backups, 'likely')
}

/** §8.4.3: an array or set of maps, each with an id. */
export function arrayOfMaps(reply: Reply): ListFinding | null {
  if (itemsOf(reply)?.[0]?.type !== 'map') return null
  const records = recordsOf(reply)
  if (records === null || records.some((record) => record.form !== 'map')) return null
  return fromRecords('array of maps', records)
}

/** §8.4.5: an array of flat key-value arrays with the same keys in each. */
export function arrayOfPairs(reply: Reply): ListFinding | null {
  if (itemsOf(reply)?.[0]?.type !== 'array') return null
  const records = recordsOf(reply)
  if (records === null || records.some((record) => record.form !== 'flat pairs')) return null
  const [first, ...others] = records
  if (first === undefined || !others.every((record) => haveSameKeys(first, record))) return null
  return fromRecords('array of flat key-value arrays', records)
}

function haveSameKeys(left: FieldRecord, right: FieldRecord): boolean {
  if (left.fields.length !== right.fields.length) return false
  const isSameOrder = left.fields.every((field, index) => right.fields[index]?.key === field.key)
  return isSameOrder || left.fields.every((field) => fieldOf(right, field.key) !== null)
}

/** One record alone: a list of one backup. */
export function singleRecord(reply: Reply): ListFinding | null {
  const record = readRecord(reply)
  const backup = record === null ? null : backupFromRecord(record)
  if (record === null || backup === null || record.fields.length < 2) return null
  return finding('one map', [{ ...backup, confidence: lowest(backup.confidence, 'likely') }], 'likely', [
    'The server sent one backup where a list was asked for.',
  ])
}

function recordsOf(reply: Reply): FieldRecord[] | null {
  const items = itemsOf(reply)
  if (items === null || items.length === 0) return null
  const records: FieldRecord[] = []
  for (const item of items) {
    const record = readRecord(item)
    if (record === null) return null
    records.push(record)
  }
  return records
}

/** Records as backups, when every one names an id. */
export function fromRecords(shape: string, records: readonly FieldRecord[]): ListFinding | null {
  const backups: ListedBackup[] = []
  for (const record of records) {
    const backup = backupFromRecord(record)
    if (backup === null) return null
    backups.push(backup)
  }
  if (backups.length === 0) return null
  const isAgents = records.every(isAgentRow)
  const confidence = backups.map((backup) => backup.confidence).reduce(lowest, 'certain')
  return finding(isAgents ? `${shape} of the Lifeboat agent` : shape, backups, confidence)
}
