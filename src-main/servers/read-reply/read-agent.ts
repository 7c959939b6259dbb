import { itemsOf, type Reply, textOf } from '../reply-tree.ts'
import { idFromReply } from './backup-id.ts'
import { countFromReply, integerFromReply, timeFromReply, wordFromReply } from './field-values.ts'
import { replyFromJson } from './json-reply.ts'
import { backupFromRecord, type ListedBackup, type ShownField, shownFields } from './listed-backup.ts'
import { type Finding, finding, type Reading, readingOf } from './reading.ts'
import { type FieldRecord, fieldOf, readRecord } from './records.ts'
import { renderReply } from './render-reply.ts'
import type { ServerTime } from './times.ts'

/** How far a server's archive goes, and what it is doing. Unknown fields are in `fields`. */
export type ServerStatus = {
  readonly timeline: string | null
  readonly lastSequence: bigint | null
  readonly archivedSequence: bigint | null
  readonly archiveLagUs: number | null
  readonly recoverableFrom: ServerTime | null
  readonly recoverableTo: ServerTime | null
  readonly job: string | null
  readonly progress: string | null
  readonly fields: readonly ShownField[]
}

/** 0: no limit. */
export type RetentionRules = {
  readonly countMax: number | null
  readonly ageMaxDays: number | null
  readonly fields: readonly ShownField[]
}

/** `crc32c`: eight hex digits from our own agent. */
export type BackupFile = { readonly path: string; readonly sizeBytes: number | null; readonly crc32c: string | null }

export type BackupDetails = {
  readonly backup: ListedBackup
  readonly chain: readonly string[]
  readonly files: readonly BackupFile[]
  readonly problems: readonly string[]
}

/** A reply to STATUS: a map, in RESP2 flat pairs. */
export function readStatus(reply: Reply): Reading<ServerStatus> {
  return readRecordAs(reply, (record) => {
    const value = (key: string) => fieldOf(record, key)?.value
    const time = (key: string) => timeFromReply(value(key) ?? { type: 'null' }, key)
    const status = {
      timeline: wordFromReply(value('timeline')),
      lastSequence: integerFromReply(value('lastseq')),
      archivedSequence: integerFromReply(value('archivedseq')),
      archiveLagUs: countFromReply(value('archivelagus')),
      recoverableFrom: time('recoverablefromus'),
      recoverableTo: time('recoverabletous'),
      job: wordFromReply(value('job')),
      progress: wordFromReply(value('progress')),
      fields: shownFields(record),
    }
    return finding(record.form, status, fieldOf(record, 'archivedseq') === null ? 'likely' : 'certain')
  })
}

/** A reply to RETENTION GET or SET. */
export function readRetention(reply: Reply): Reading<RetentionRules> {
  return readRecordAs(reply, (record) => {
    const countMax = countFromReply((fieldOf(record, 'maxcount') ?? fieldOf(record, 'count'))?.value)
    const age = fieldOf(record, 'maxage') ?? fieldOf(record, 'maxagedays') ?? fieldOf(record, 'days')
    const ageMaxDays = countFromReply(age?.value)
    if (countMax === null && ageMaxDays === null) return null
    const isBoth = countMax !== null && ageMaxDays !== null
    return finding(record.form, { countMax, ageMaxDays, fields: shownFields(record) }, isBoth ? 'certain' : 'likely')
  })
}

/** A reply to INFO of `askedId`. One that is of another backup is not understood. */
export function readBackupInfo(reply: Reply, askedId: string): Reading<BackupDetails> {
  return readRecordAs(reply, (record) => {
    const backup = backupFromRecord(record)
    if (backup === null || backup.id !== askedId) return null
    const chain = listOf(record, 'chain').map(idFromReply)
    const files = [...listOf(record, 'filelist'), ...listOf(record, 'files')].map(fileOf)
    const problems = listOf(record, 'problems').map((each) => wordFromReply(each))
    const isWhole = !chain.includes(null) && !files.includes(null) && !problems.includes(null)
    const details = {
      backup,
      chain: chain.filter((id) => id !== null),
      files: files.filter((each) => each !== null),
      problems: problems.filter((each) => each !== null),
    }
    const warnings = isWhole ? [] : ['Parts of the reply were not understood.']
    return finding(record.form, details, isWhole ? backup.confidence : 'likely', warnings)
  })
}

function listOf(record: FieldRecord, key: string): readonly Reply[] {
  const field = fieldOf(record, key)
  return field === null ? [] : (itemsOf(field.value) ?? [])
}

function fileOf(reply: Reply): BackupFile | null {
  const record = readRecord(reply)
  if (record !== null) {
    const path = textOf(
      (fieldOf(record, 'path') ?? fieldOf(record, 'name') ?? fieldOf(record, 'file'))?.value ?? { type: 'null' },
    )
    const size = (fieldOf(record, 'size') ?? fieldOf(record, 'bytes') ?? fieldOf(record, 'sizebytes'))?.value
    return path === null ? null : file(path, size, (fieldOf(record, 'crc32c') ?? fieldOf(record, 'checksum'))?.value)
  }
  const [name, size, checksum] = itemsOf(reply) ?? []
  const path = name === undefined ? null : textOf(name)
  return path === null ? null : file(path, size, checksum)
}

function file(path: string, size: Reply | undefined, checksum: Reply | undefined): BackupFile {
  return {
    path: wordFromReply({ type: 'bulk', bytes: Buffer.from(path) }) ?? '',
    sizeBytes: countFromReply(size),
    crc32c: checksum?.type === 'integer' ? checksum.value.toString(16).padStart(8, '0') : wordFromReply(checksum),
  }
}

function readRecordAs<Value>(reply: Reply, read: (record: FieldRecord) => Finding<Value> | null): Reading<Value> {
  const text = textOf(reply)
  const tree = text === null ? reply : replyFromJson(text)
  const record = tree === null ? null : readRecord(tree)
  return readingOf(record === null ? null : read(record), renderReply(reply))
}
