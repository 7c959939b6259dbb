import { isText, type Reply, textOf } from '../reply-tree.ts'
import { cleanLine } from './clean-text.ts'
import { fieldKey, keysFor, type Meaning, meaningOf } from './field-names.ts'

/** A field with its name as it came (cleaned) and as it is compared. */
export type Field = { readonly name: string; readonly key: string; readonly value: Reply }

/** Named values, in the order they came. No key comes twice. */
export type FieldRecord = {
  readonly form: 'map' | 'flat pairs' | 'row'
  readonly fields: readonly Field[]
}

/**
 * A map, or a flat array k, v, … of even length whose even places are texts with at least one known key; else null. A repeated
 * key makes it no record.
 */
export function readRecord(reply: Reply): FieldRecord | null {
  if (reply.type === 'map') return recordOf('map', reply.entries)
  if (reply.type !== 'array' || reply.items.length < 2 || reply.items.length % 2 !== 0) return null
  if (reply.items.some((item, index) => index % 2 === 0 && !isText(item))) return null
  const entries: (readonly [Reply, Reply])[] = []
  for (let index = 0; index < reply.items.length; index += 2) {
    const key = reply.items[index]
    const value = reply.items[index + 1]
    if (key === undefined || value === undefined) return null
    entries.push([key, value])
  }
  const record = recordOf('flat pairs', entries)
  return record?.fields.some((field) => isKnownKey(field.key)) ? record : null
}

function recordOf(form: FieldRecord['form'], entries: readonly (readonly [Reply, Reply])[]): FieldRecord | null {
  const fields: Field[] = []
  const seen = new Set<string>()
  for (const [name, value] of entries) {
    const text = name.type === 'integer' ? name.value.toString() : textOf(name)
    if (text === null || text.length > 256) return null
    const key = fieldKey(text)
    if (key === '' || seen.has(key)) return null
    seen.add(key)
    fields.push({ name: cleanLine(text), key, value })
  }
  return { form, fields }
}

/** Keys of replies that are no backups: they make a flat array a record too. */
const otherKnownKeys = new Set([
  'backups',
  'items',
  'list',
  'timeline',
  'archivedseq',
  'recoverabletous',
  'job',
  'progress',
  'maxcount',
  'maxage',
  'problems',
  'corrupted',
  'errors',
])

function isKnownKey(key: string): boolean {
  return meaningOf(key) !== null || otherKnownKeys.has(key)
}

export function fieldOf(record: FieldRecord, key: string): Field | null {
  return record.fields.find((field) => field.key === key) ?? null
}

/** The best-named field of a meaning. */
export function fieldMeaning(record: FieldRecord, meaning: Meaning): Field | null {
  for (const key of keysFor(meaning)) {
    const field = fieldOf(record, key)
    if (field !== null) return field
  }
  return null
}
