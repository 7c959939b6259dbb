import { errorTextOf, itemsOf, type Reply, textOf } from '../reply-tree.ts'
import { idFromReply } from './backup-id.ts'
import { cleanLine } from './clean-text.ts'
import { countFromReply, wordFromReply } from './field-values.ts'
import { replyFromJson } from './json-reply.ts'
import { type ShownField, shownFields } from './listed-backup.ts'
import { type Finding, finding, type Reading, readingOf } from './reading.ts'
import { type FieldRecord, fieldMeaning, fieldOf, readRecord } from './records.ts'
import { renderReply } from './render-reply.ts'
import { serverErrorOf } from './server-error.ts'
import { verdictOfFiles, verdictOfRecord } from './verdict-of-fields.ts'
import { type Verdict, verdictOfText } from './verdict-words.ts'

/** Passed and failed need evidence for it; everything else counts as not verified. `absent`: the server has no such backup. */
export type VerifyReply = {
  readonly verdict: Verdict | 'absent'
  /** the reply speaks of another id than was asked: it answers another question */
  readonly namesOtherId: boolean
  readonly level: string | null
  readonly bytes: number | null
  readonly fileCount: number | null
  readonly durationUs: number | null
  readonly problems: readonly string[]
  readonly fields: readonly ShownField[]
}

type VerifyFinding = Finding<VerifyReply>

const bare = { level: null, bytes: null, fileCount: null, durationUs: null, problems: [], fields: [] }
const idTokens = /(?:\bbackup\b|\bid\b|#)\s*[:=#]?\s*(\d+)\b/gi
const PROBLEMS_MAX = 1000

/** Reads a reply to VERIFY of `askedId`, errors too (docs/formats/samyama.md §8.5). */
export function readVerify(reply: Reply, askedId: string): Reading<VerifyReply> {
  return readingOf(verifyFinding(reply, askedId), renderReply(reply))
}

function verdict(shape: string, value: VerifyReply['verdict'], isLikely = false): VerifyFinding {
  const confidence = value === 'unknown' ? 'guess' : isLikely ? 'likely' : 'certain'
  return finding(shape, { ...bare, verdict: value, namesOtherId: false }, confidence)
}

function verifyFinding(reply: Reply, askedId: string): VerifyFinding | null {
  const error = serverErrorOf(reply)
  if (error !== null) return fromError(error.class, error.text)
  if (reply.type === 'boolean') return verdict('boolean', reply.value ? 'passed' : 'failed')
  if (reply.type === 'integer') return verdict('integer', reply.value === 1n ? 'passed' : 'unknown', true)
  const record = readRecord(reply)
  if (record !== null) return fromRecord(record, askedId)
  const text = textOf(reply)
  if (text !== null) return fromText(text, askedId)
  const items = itemsOf(reply)
  return items === null ? null : verdict('array of results of files', verdictOfFiles(items), true)
}

function fromError(errorClass: string, text: string): VerifyFinding | null {
  if (errorClass === 'damage') {
    const found = verdict('error that names damage', 'failed')
    return { ...found, value: { ...found.value, problems: [text] } }
  }
  return errorClass === 'not-found' ? verdict('error that names no such backup', 'absent') : null
}

function fromText(text: string, askedId: string): VerifyFinding | null {
  const json = replyFromJson(text)
  if (json !== null) return verifyFinding(json, askedId)
  if (/^\s*[10]\s*$/.test(text)) return verdict('integer', text.trim() === '1' ? 'passed' : 'unknown', true)
  const ids = [...text.slice(0, 4096).matchAll(idTokens)].map((match) => match[1])
  if (ids.length > 0 && !ids.includes(askedId)) return otherId('text')
  const value = verdictOfText(text)
  const found = verdict('text', value, !/^\s*(ok|valid|verified|passed)\W*$/i.test(text))
  return value === 'failed'
    ? { ...found, value: { ...found.value, problems: [cleanLine(text).slice(0, 1024)] } }
    : found
}

function fromRecord(record: FieldRecord, askedId: string): VerifyFinding {
  const idField = fieldOf(record, 'id') ?? fieldOf(record, 'backupid') ?? fieldOf(record, 'snapshotid')
  if (idField !== null && idFromReply(idField.value) !== askedId) return otherId(record.form)
  const value = verdictOfRecord(record)
  const isOurs = ['id', 'level', 'result', 'durationus', 'problems'].every((key) => fieldOf(record, key) !== null)
  const found = verdict(isOurs ? `${record.form} of the Lifeboat agent` : record.form, value, !isOurs)
  return {
    ...found,
    value: {
      ...found.value,
      level: wordFromReply(fieldOf(record, 'level')?.value),
      bytes: countFromReply(fieldOf(record, 'bytes')?.value),
      fileCount: countFromReply(fieldMeaning(record, 'files')?.value),
      durationUs: countFromReply(fieldOf(record, 'durationus')?.value),
      problems: problemsOf(record),
      fields: shownFields(record),
    },
  }
}

function problemsOf(record: FieldRecord): string[] {
  const list = fieldOf(record, 'problems') ?? fieldOf(record, 'errors')
  const items = list === null ? null : itemsOf(list.value)
  return (items ?? [])
    .slice(0, PROBLEMS_MAX)
    .map((item) => cleanLine(errorTextOf(item) ?? renderReply(item)).slice(0, 1024))
}

function otherId(shape: string): VerifyFinding {
  const value = { ...bare, verdict: 'unknown' as const, namesOtherId: true }
  return finding(shape, value, 'guess', ['The reply speaks of another backup than was asked for.'])
}
