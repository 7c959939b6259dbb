import type { Backup, BackupDetail, BackupFile, DataRow } from '#contract'
import type { Core } from '../../../core/create-core.ts'
import { bytes, print, table, text, time } from '../render.ts'
import { rowLine } from '../row-text.ts'
import { type CommandOptions, openIndexed, withCore } from '../session.ts'
import { backupIdOf, familyOf } from '../state.ts'

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
    const rows = options.data === undefined ? null : await firstRows(core, detail, options.data, Number(options.limit))
    print(options.json, { ...detail, ...(files && { files }), ...(rows && { rows }) }, () =>
      [overview(detail), files && fileTable(files), rows?.map(rowLine).join('\n') ?? null]
        .filter((part) => part !== null)
        .join('\n\n'),
    )
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

async function firstRows(core: Core, detail: BackupDetail, familyName: string, limit: number): Promise<DataRow[]> {
  const { sourceId, backupId } = detail.backup
  const { columnFamilyId } = familyOf(detail.columnFamilies, familyName)
  const state = { sourceId, backupId, upToSequence: null }
  const { rows } = await core.client.data.page({ state, columnFamilyId, after: null, from: null, limit })
  return rows
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
