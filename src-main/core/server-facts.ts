import { limits } from '#base/limits.ts'
import type { ServerBackup, ServerBackupList, ServerStatus } from '#contract'
import { fieldKey, meaningOf } from '../servers/read-reply/field-names.ts'
import type { ListedBackup } from '../servers/read-reply/listed-backup.ts'
import type { ServerStatus as AnsweredStatus } from '../servers/read-reply/read-agent.ts'
import type { Reading } from '../servers/read-reply/reading.ts'
import type { ListResult } from '../servers/session/list-backups.ts'
import type { Product } from '../servers/session/product.ts'

const { serverBackupsShownMax, serverFieldsShownMax, serverFieldCharactersMax } = limits

const productNames: Record<Product['kind'], string | null> = {
  lifeboat: 'Lifeboat',
  samyama: 'Samyama',
  redis: 'Redis',
  unknown: null,
}

/** What runs there, for a person: "Samyama 1.11.0"; null when it does not say. */
export function productText({ kind, version, program }: Product): string | null {
  const name = productNames[kind]
  return name === null ? null : [name, program, version].filter((word) => word !== null).join(' ')
}

/** Null when the reply was not understood. */
export function statusOf(reading: Reading<AnsweredStatus>): ServerStatus | null {
  if (!reading.understood) return null
  const { timeline, lastSequence, archivedSequence, archiveLagUs, recoverableFrom, recoverableTo, job, progress } =
    reading.value
  return {
    timeline,
    lastSequence: countOf(lastSequence),
    archivedSequence: countOf(archivedSequence),
    archiveLagUs,
    recoverableFromUs: countOf(recoverableFrom?.us ?? null),
    recoverableToUs: countOf(recoverableTo?.us ?? null),
    job,
    progress: fractionOf(progress),
  }
}

type ReadList = {
  readonly list: ServerBackupList
  /** null: the reply was not understood */
  readonly backupCount: number | null
  readonly newestBackupAtUs: number | null
}

/** @param readAtUs when the reply came */
export function listOf({ reading }: ListResult, readAtUs: number): ReadList {
  if (!reading.understood) {
    const list = { backups: [], readAtUs, warnings: [...reading.warnings], rawReply: reading.rawText }
    return { list, backupCount: null, newestBackupAtUs: null }
  }
  const times = reading.value.map(({ created }) => countOf(created?.us ?? null)).filter((us) => us !== null)
  const shown = cutList(
    {
      backups: reading.value.slice(0, serverBackupsShownMax).map(backupOf),
      readAtUs,
      warnings: [...reading.warnings],
      rawReply: null,
    },
    reading.value.length,
  )
  return {
    list: shown,
    backupCount: reading.value.length,
    newestBackupAtUs: times.reduce<number | null>((newest, us) => (newest === null || us > newest ? us : newest), null),
  }
}

/** The part of a list that the catalogue keeps. */
export function keptPart(list: ServerBackupList): ServerBackupList {
  return cutList({ ...list, backups: list.backups.slice(0, limits.serverBackupsKeptMax) }, list.backups.length)
}

function cutList(list: ServerBackupList, wholeCount: number): ServerBackupList {
  if (list.backups.length === wholeCount) return list
  return { ...list, warnings: [...list.warnings, `Only the first ${list.backups.length} of ${wholeCount} are shown.`] }
}

function backupOf(backup: ListedBackup): ServerBackup {
  return {
    id: backup.id,
    isCertain: backup.confidence !== 'guess',
    kind: backup.kind,
    state: backup.state,
    createdAtUs: countOf(backup.created?.us ?? null),
    firstSequence: countOf(backup.firstSequence),
    lastSequence: countOf(backup.lastSequence),
    sizeBytes: backup.sizeBytes,
    fileCount: backup.fileCount,
    baseId: backup.base,
    label: backup.label,
    verifiedAtUs: countOf(backup.verified?.us ?? null),
    otherFields: otherFields(backup),
  }
}

/** Fields whose value is not shown elsewhere already. */
function otherFields(backup: ListedBackup): ServerBackup['otherFields'] {
  const { id, kind, state, base, label, created, verified } = backup
  const numbers = [backup.firstSequence, backup.lastSequence, backup.sizeBytes, backup.fileCount]
  // a time of unknown zone is no instant: it is shown as it came
  const times = [created, verified].map((time) => (time?.us == null ? null : time.text))
  const shown = new Set([id, kind, state, base, label, ...times, ...numbers.map(String), '(nil)', ''])
  return backup.fields
    .filter(({ name, text }) => meaningOf(fieldKey(name)) === null || !shown.has(text))
    .slice(0, serverFieldsShownMax)
    .map(({ name, text }) => ({ name: cut(name), text: cut(text) }))
}

function cut(text: string): string {
  return text.length > serverFieldCharactersMax ? `${text.slice(0, serverFieldCharactersMax)}…` : text
}

/** Null for what is negative or more than a number holds exactly. */
function countOf(value: bigint | number | null): number | null {
  if (value === null) return null
  const count = Number(value)
  return Number.isSafeInteger(count) && count >= 0 ? count : null
}

function fractionOf(text: string | null): number | null {
  const fraction = text === null ? Number.NaN : Number(text)
  return fraction >= 0 && fraction <= 1 ? fraction : null
}
