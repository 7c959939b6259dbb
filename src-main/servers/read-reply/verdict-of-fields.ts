import { errorTextOf, itemsOf, type Reply, textOf } from '../reply-tree.ts'
import { integerFromReply } from './field-values.ts'
import { type Field, type FieldRecord, readRecord } from './records.ts'
import { type Verdict, verdictOfText } from './verdict-words.ts'

/** keys that count or list what is wrong */
const harmKey = /corrupt|error|fail|mismatch|missing|bad|invalid|damage|problem/
const yesNoKeys = new Set(['verified', 'valid', 'ok', 'healthy'])
const wordKeys = new Set(['status', 'state', 'result'])
const messageKeys = new Set(['message', 'detail', 'reason'])

/** One field that says failed makes it failed, whatever others say; passed needs one that says so. §8.5. */
export function verdictOfRecord(record: FieldRecord): Verdict {
  const verdicts = record.fields.map(verdictOfField)
  if (verdicts.includes('failed')) return 'failed'
  if (verdicts.includes('pending')) return 'pending'
  return verdicts.includes('passed') ? 'passed' : 'unknown'
}

/** Every file passed: passed; one failed: failed; results of different shapes: unknown. */
export function verdictOfFiles(items: readonly Reply[]): Verdict {
  const verdicts = items.map(verdictOfFile)
  if (verdicts.includes('failed')) return 'failed'
  const shapes = new Set(items.map(shapeOf))
  if (items.length === 0 || shapes.size > 1) return 'unknown'
  return verdicts.every((verdict) => verdict === 'passed') ? 'passed' : 'unknown'
}

function shapeOf(item: Reply): string {
  const items = itemsOf(item)
  return items === null ? item.type : `${item.type} of ${items.length}`
}

function verdictOfField(field: Field): Verdict {
  const { key, value } = field
  if (yesNoKeys.has(key)) return verdictOfYesNo(value)
  if (wordKeys.has(key)) return verdictOfWord(value)
  if (messageKeys.has(key)) return verdictOfWord(value) === 'failed' ? 'failed' : 'unknown'
  return harmKey.test(key) ? verdictOfHarm(value) : 'unknown'
}

function verdictOfYesNo(value: Reply): Verdict {
  if (value.type === 'boolean') return value.value ? 'passed' : 'failed'
  const text = textOf(value)?.trim().toLowerCase()
  if (text === 'true' || text === 'yes') return 'passed'
  if (text === 'false' || text === 'no') return 'failed'
  const number = integerFromReply(value)
  if (number !== null) return number === 1n ? 'passed' : number === 0n ? 'failed' : 'unknown'
  return verdictOfWord(value)
}

function verdictOfWord(value: Reply): Verdict {
  if (value.type === 'boolean') return value.value ? 'passed' : 'failed'
  if (errorTextOf(value) !== null) return 'failed'
  const text = textOf(value)
  if (text === null) return 'unknown'
  if (/^\s*(true|yes)\s*$/i.test(text)) return 'passed'
  return /^\s*(false|no)\s*$/i.test(text) ? 'failed' : verdictOfText(text)
}

/** A count above 0, a list with something in it, a true or a text that says something. */
function verdictOfHarm(value: Reply): Verdict {
  if (value.type === 'boolean') return value.value ? 'failed' : 'unknown'
  if (value.type === 'map') return value.entries.length > 0 ? 'failed' : 'unknown'
  if (errorTextOf(value) !== null) return 'failed'
  const items = itemsOf(value)
  if (items !== null) return items.length > 0 ? 'failed' : 'unknown'
  const number = integerFromReply(value)
  if (number !== null) return number > 0n ? 'failed' : 'unknown'
  const text = textOf(value)?.trim() ?? ''
  return text === '' || /^(none|no|false|null|nil|ok|\[\])$/i.test(text) ? 'unknown' : 'failed'
}

function verdictOfFile(item: Reply): Verdict {
  if (errorTextOf(item) !== null) return 'failed'
  if (item.type === 'boolean') return item.value ? 'passed' : 'failed'
  const record = readRecord(item)
  if (record !== null) return verdictOfRecord(record)
  const text = textOf(item)
  if (text !== null) return verdictOfText(text)
  const cells = itemsOf(item)?.slice(1) ?? []
  const verdicts = cells.map((cell) => verdictOfWord(cell))
  if (verdicts.includes('failed')) return 'failed'
  return verdicts.includes('passed') ? 'passed' : 'unknown'
}
