import { itemsOf, type Reply, textOf } from '../reply-tree.ts'
import { idFromReply, idFromText, isUuid } from './backup-id.ts'
import { replyFromJson } from './json-reply.ts'
import { headerAndRows } from './list-tables.ts'
import { type Confidence, type Finding, finding, lowest, type Reading, readingOf } from './reading.ts'
import { fieldMeaning, readRecord } from './records.ts'
import { renderReply } from './render-reply.ts'

/** What a reply to CREATE says. `id` null: only LIST can tell it. */
export type CreateReply = {
  readonly id: string | null
  /** begun, not finished */
  readonly isStarted: boolean
  /** the reply says that it worked, in words or by an id */
  readonly saysSuccess: boolean
}

type CreateFinding = Finding<CreateReply>

const startedWords = /\b(started|queued|scheduled|in (the )?background)\b/i
const numberedTokens = /(?:\bbackup\b|\bid\b|#|^ok)\s*[:=#]?\s*(\d+)\b/gi
const wordTokens = /[A-Za-z0-9][A-Za-z0-9._:-]*/g

/**
 * Reads a reply to CREATE (docs/formats/samyama.md §8.3). An id is accepted only when LIST agrees: see `settleCreate`.
 * @param isAgent the server is our own, whose integer is the id
 */
export function readCreate(reply: Reply, isAgent: boolean): Reading<CreateReply> {
  return readingOf(createFinding(reply, isAgent), renderReply(reply))
}

function createFinding(reply: Reply, isAgent: boolean): CreateFinding | null {
  if (reply.type === 'integer') return fromInteger(reply.value, isAgent)
  const text = textOf(reply)
  if (text !== null) return fromText(text)
  return fromStructure(reply)
}

function success(shape: string, id: string | null, confidence: Confidence, warnings: string[] = []): CreateFinding {
  return finding(shape, { id, isStarted: false, saysSuccess: true }, confidence, warnings)
}

function fromInteger(value: bigint, isAgent: boolean): CreateFinding | null {
  const id = idFromText(value.toString())
  if (isAgent) return id === null ? null : success('integer id of the Lifeboat agent', id, 'certain')
  if (id === null || value > 99_999_999n) return null
  if (value === 1n) return success('integer', id, 'guess', ['1 may be the id, or may mean "true".'])
  return success('integer', id, 'likely')
}

function fromText(text: string): CreateFinding | null {
  const trimmed = text.trim()
  if (/^(ok|done|success)[.!]?$/i.test(trimmed)) return success('success without an id', null, 'certain')
  if (/^\d+$/.test(trimmed)) return fromInteger(BigInt(trimmed.slice(0, 32)), false)
  const json = replyFromJson(text)
  if (json !== null) return fromStructure(json)
  if (text.length > 4096) return null
  const ids = idsInSentence(trimmed)
  const id = ids.length === 1 ? (ids[0] ?? null) : null
  if (startedWords.test(trimmed)) {
    return finding('sentence', { id, isStarted: true, saysSuccess: false }, id === null ? 'guess' : 'likely')
  }
  return id === null ? null : success('sentence with one id', id, 'likely')
}

function idsInSentence(text: string): string[] {
  const numbers = [...text.matchAll(numberedTokens)].map((match) => idFromText(match[1] ?? ''))
  const uuids = (text.match(wordTokens) ?? []).filter(isUuid)
  return [...new Set([...numbers, ...uuids].filter((id) => id !== null))]
}

function fromStructure(reply: Reply): CreateFinding | null {
  const record = readRecord(reply)
  if (record !== null) {
    const field = fieldMeaning(record, 'id')
    const id = field === null ? null : idFromReply(field.value)
    const words = record.fields.map((each) => textOf(each.value) ?? '').join(' ')
    if (startedWords.test(words)) {
      return finding(record.form, { id, isStarted: true, saysSuccess: false }, id === null ? 'guess' : 'likely')
    }
    return id === null ? null : success(record.form, id, field?.key === 'name' ? 'guess' : 'likely')
  }
  const table = headerAndRows(reply)
  const row = table?.value.length === 1 ? table.value[0] : undefined
  if (row !== undefined) return success('header row and one row', row.id, lowest(row.confidence, 'likely'))
  return fromPositions(reply)
}

/** `[id, time, …]` without any known key. */
function fromPositions(reply: Reply): CreateFinding | null {
  const [first, ...others] = itemsOf(reply) ?? []
  if (first === undefined || others.some((item) => itemsOf(item) !== null || item.type === 'map')) return null
  const id = idFromReply(first)
  const isPlausible = first.type === 'integer' ? first.value <= 99_999_999n : id !== null && /\d/.test(id)
  return id === null || !isPlausible ? null : success('array that begins with an id', id, 'likely')
}
