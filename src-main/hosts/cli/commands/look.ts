import { AppError } from '#base/app-error.ts'
import type { Backup, BackupDetail, BackupFile, DataRow, DecodedRow } from '#contract'
import type { Core } from '../../../core/create-core.ts'
import { bytes, print, table, text, time } from '../render.ts'
import { type CommandOptions, openIndexed, withCore } from '../session.ts'

const FILES_PER_PAGE = 1000

/** `lifeboat open` and `lifeboat ls`: what backups a directory holds. */
export function list(path: string, options: CommandOptions): Promise<void> {
  return withCore(options, async (core) => {
    const source = await openIndexed(core, path)
    const backups = await core.client.backups.list({ sourceId: source.sourceId })
    print(options.json, { source, backups }, () => {
      const head = `${source.path}: ${source.backupCount} backups, ${bytes(source.storedBytes)} stored`
      return `${head}\n\n${backupTable(backups)}`
    })
  })
}

/** `lifeboat inspect`: one backup, with its files, and rows of a column family where asked for. */
export function inspect(
  path: string,
  backupId: string,
  options: CommandOptions & { files: boolean; data: string | undefined; limit: string },
): Promise<void> {
  return withCore(options, async (core) => {
    const { sourceId } = await openIndexed(core, path)
    const id = await backupIdOf(core, sourceId, backupId)
    const detail = await core.client.backups.get({ sourceId, backupId: id })
    const files = options.files ? await allFiles(core, sourceId, id) : null
    const rows =
      options.data === undefined ? null : await rowsOf(core, sourceId, detail, options.data, Number(options.limit))
    print(options.json, { ...detail, ...(files && { files }), ...(rows && { rows }) }, () =>
      [overview(detail), files && fileTable(files), rows && rowLines(rows)]
        .filter((part) => part !== null)
        .join('\n\n'),
    )
  })
}

/** The id that a person gave: a number, or "latest". */
export async function backupIdOf(core: Core, sourceId: number, given: string): Promise<number> {
  if (given !== 'latest') return Number(given)
  const { newestBackup, path } = await core.client.sources.get({ sourceId })
  if (newestBackup !== null) return newestBackup.backupId
  throw new AppError('BACKUP_NOT_FOUND', {
    message: 'no backup in this directory',
    subject: path,
    nextStep: 'Check that it is the right directory, and that a backup was ever made.',
  })
}

async function allFiles(core: Core, sourceId: number, backupId: number): Promise<BackupFile[]> {
  const files: BackupFile[] = []
  for (;;) {
    const page = await core.client.files.list({ sourceId, backupId, offset: files.length, limit: FILES_PER_PAGE })
    files.push(...page.files)
    if (files.length >= page.totalCount || page.files.length === 0) return files
  }
}

async function rowsOf(
  core: Core,
  sourceId: number,
  detail: BackupDetail,
  familyName: string,
  limit: number,
): Promise<DataRow[]> {
  const family = detail.columnFamilies.find((candidate) => candidate.name === familyName)
  if (family === undefined) {
    throw new AppError('COLUMN_FAMILY_NOT_FOUND', {
      message: 'no such column family',
      subject: familyName,
      nextStep: `It has: ${detail.columnFamilies.map((candidate) => candidate.name).join(', ')}.`,
    })
  }
  const page = await core.client.data.page({
    state: { sourceId, backupId: detail.backup.backupId, upToSequence: null },
    columnFamilyId: family.columnFamilyId,
    after: null,
    from: null,
    limit,
  })
  return page.rows
}

function backupTable(backups: Backup[]): string {
  return table(
    ['id', 'state', 'created', 'sequence', 'files', 'size', 'exclusive', 'verified'],
    backups.map((backup) => [
      backup.backupId,
      backup.state,
      time(backup.createdAtUs),
      backup.sequence,
      backup.fileCount,
      bytes(backup.logicalBytes),
      bytes(backup.exclusiveBytes),
      verified(backup),
    ]),
  )
}

function verified({ lastVerification }: Backup): string {
  if (lastVerification === null) return 'never'
  return `${lastVerification.outcome} (${lastVerification.level}) ${time(lastVerification.finishedAtUs)}`
}

function overview({ backup, columnFamilies, damages, databaseId }: BackupDetail): string {
  const facts = [
    `backup ${backup.backupId}: ${backup.state}, created ${time(backup.createdAtUs)}, sequence ${backup.sequence}`,
    `${backup.fileCount} files, ${bytes(backup.logicalBytes)} (${bytes(backup.exclusiveBytes)} its own, ${bytes(backup.sharedBytes)} shared)`,
    `database ${databaseId ?? 'unknown'}, meta schema ${backup.schemaVersion}, verified: ${verified(backup)}`,
  ]
  const families = table(
    ['column family', 'files', 'entries', 'size', 'first key', 'last key'],
    columnFamilies.map((family) => [
      family.name,
      family.fileCount,
      family.entryCount ?? '?',
      bytes(family.sizeBytes),
      family.smallestKey === null ? '' : text(family.smallestKey),
      family.largestKey === null ? '' : text(family.largestKey),
    ]),
  )
  const problems = damages.map((damage) => `damage: ${damage.file}: ${damage.structure}: ${damage.problem}`)
  return [...facts, '', families, ...problems].join('\n')
}

function fileTable(files: BackupFile[]): string {
  return table(
    ['file', 'family', 'level', 'size', 'entries', 'compression', 'shared', 'problem'],
    files.map((file) => [
      file.path,
      file.columnFamilyName ?? '',
      file.level ?? '',
      file.sizeBytes === null ? 'missing' : bytes(file.sizeBytes),
      file.entryCount ?? '',
      file.compression ?? '',
      file.sharedWithCount,
      file.problem ?? '',
    ]),
  )
}

/** Decoded rows in words, the others as `ldb scan` prints them. */
function rowLines(rows: DataRow[]): string {
  return rows
    .map((row) => `${text(row.key)} ==> ${row.decoded === null ? text(row.value) : inWords(row.decoded)}`)
    .join('\n')
}

function inWords(row: DecodedRow): string {
  const properties = row.properties.map((property) => `${property.name}: ${property.text}`).join(', ')
  const labels = row.labels.map((label) => `:${label}`).join('')
  const ends = row.type === 'edge' ? ` (${row.source})->(${row.target})` : ''
  return `${labels}${ends} {${properties}}`
}
