import { idFromReply } from './backup-id.ts'
import { countFromReply, integerFromReply, timeFromReply, wordFromReply } from './field-values.ts'
import type { Confidence } from './reading.ts'
import { type FieldRecord, fieldMeaning, fieldOf } from './records.ts'
import { renderValue } from './render-reply.ts'
import type { ServerTime } from './times.ts'

/** A field as it came: name and value cleaned for showing. */
export type ShownField = { readonly name: string; readonly text: string }

/** A backup as a server lists it. What the server did not say, or not in a way that is known, is null. */
export type ListedBackup = {
  /** opaque; exactly the text to send back */
  readonly id: string
  /** guess: for showing alone */
  readonly confidence: Confidence
  readonly kind: string | null
  readonly state: string | null
  readonly created: ServerTime | null
  readonly verified: ServerTime | null
  readonly sizeBytes: number | null
  readonly fileCount: number | null
  readonly base: string | null
  readonly label: string | null
  readonly firstSequence: bigint | null
  readonly lastSequence: bigint | null
  /** every field, known or not */
  readonly fields: readonly ShownField[]
}

/** Fields that only our own agent sends together: then the shape is known, not recognised. */
const agentKeys = ['id', 'kind', 'state', 'createdus', 'firstseq', 'lastseq', 'bytes', 'files']

export function isAgentRow(record: FieldRecord): boolean {
  return agentKeys.every((key) => fieldOf(record, key) !== null)
}

/** @returns null when the record names no valid id */
export function backupFromRecord(record: FieldRecord): ListedBackup | null {
  const idField = fieldMeaning(record, 'id')
  const id = idField === null ? null : idFromReply(idField.value)
  if (idField === null || id === null) return null
  return { ...detailsOf(record), id, confidence: confidenceOf(record, idField.key) }
}

/** The same for a map of id → fields. */
export function backupFromEntry(id: string, record: FieldRecord): ListedBackup {
  return { ...detailsOf(record), id, confidence: 'likely' }
}

/** A backup of which nothing but the id is known. */
export function bareBackup(id: string, confidence: Confidence, fields: readonly ShownField[] = []): ListedBackup {
  return { ...detailsOf({ form: 'map', fields: [] }), id, confidence, fields }
}

export function shownFields(record: FieldRecord): ShownField[] {
  return record.fields.map((field) => ({ name: field.name, text: renderValue(field.value) }))
}

function confidenceOf(record: FieldRecord, idKey: string): Confidence {
  if (isAgentRow(record)) return 'certain'
  return record.form === 'map' && ['id', 'backupid', 'snapshotid'].includes(idKey) ? 'certain' : 'likely'
}

function detailsOf(record: FieldRecord): Omit<ListedBackup, 'id' | 'confidence'> {
  const value = (...keys: string[]) => keys.map((key) => fieldOf(record, key)).find((field) => field !== null)?.value
  const created = fieldMeaning(record, 'time')
  const verified = fieldMeaning(record, 'verified-time')
  return {
    kind: wordFromReply(value('kind', 'type', 'mode')),
    state: wordFromReply(fieldMeaning(record, 'state')?.value),
    created: created === null ? null : timeFromReply(created.value, created.key),
    verified: verified === null ? null : timeFromReply(verified.value, verified.key),
    sizeBytes: countFromReply(value('sizebytes', 'bytes', 'size', 'totalsize')),
    fileCount: countFromReply(value('files', 'filecount', 'numfiles')),
    base: wordFromReply(fieldMeaning(record, 'parent')?.value),
    label: wordFromReply(value('label')),
    firstSequence: integerFromReply(value('firstseq', 'firstsequence', 'startseq')),
    lastSequence: integerFromReply(value('lastseq', 'lastsequence', 'endseq', 'sequence', 'seq', 'walsequence', 'lsn')),
    fields: shownFields(record),
  }
}
