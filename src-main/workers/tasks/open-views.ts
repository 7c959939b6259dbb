import { BackupDirectory } from '../../repository/backup-directory.ts'
import { filesOfBackup } from '../../repository/manifest-of-backup.ts'
import { readMeta } from '../../repository/read-meta.ts'
import { BlockCache } from '../../rocksdb/sst/block-cache.ts'
import { openView, type View } from '../../rocksdb/view/view.ts'
import { type RowCodec, samyamaCodec } from '../../samyama/codec.ts'
import { chooseGeneration } from '../../samyama/generation.ts'

// somebody looks into one backup, perhaps compares it with another
const VIEWS_MAX = 2
const CACHE_BYTES = 32 * 1024 * 1024
const SAMPLE_ROWS = 50
const SAMPLE_VALUE_BYTES = 64 * 1024

/** A backup opened for reading rows, with what is known of how its values are written. */
export type OpenedView = { view: View; codec: RowCodec | null }

type Kept = OpenedView & { key: string }

const kept: Kept[] = []

/**
 * The view of a backup: of the few looked at last, one is still open. It is told apart by the digest of its meta file,
 * so a backup that was replaced is opened anew.
 * @param nowMs rows from the future are not believed when the codec is chosen
 */
export function viewOf(path: string, backupId: number, nowMs: number): OpenedView {
  const directory = new BackupDirectory(path)
  const { meta, metaDigest } = readMeta(directory, backupId)
  const key = `${directory.root}\n${backupId}\n${metaDigest}`
  const known = kept.find((candidate) => candidate.key === key)
  if (known !== undefined) return known
  const view = openView(filesOfBackup(directory, meta), { cache: new BlockCache(CACHE_BYTES) })
  const opened = { key, view, codec: codecOf(view, nowMs) }
  kept.push(opened)
  if (kept.length > VIEWS_MAX) kept.shift()?.view.close()
  return opened
}

/** Samyama's codec, where the first nodes and edges read like Samyama's. */
function codecOf(view: View, nowMs: number): RowCodec | null {
  const samples = view.columnFamilies
    .filter((family) => family.name === 'nodes' || family.name === 'edges')
    .flatMap((family) => firstRows(view, family.id))
  if (samples.length === 0) return null
  const { generation } = chooseGeneration(samples, nowMs)
  return generation === 'none' ? null : samyamaCodec(generation)
}

function firstRows(view: View, columnFamilyId: number): { key: Uint8Array; value: Uint8Array }[] {
  const { rows } = view.scan({
    columnFamilyId,
    after: null,
    from: null,
    limit: SAMPLE_ROWS,
    maxValueBytes: SAMPLE_VALUE_BYTES,
  })
  return rows.flatMap(({ key, content }) =>
    content.kind === 'value' && content.value.sizeBytes <= SAMPLE_VALUE_BYTES
      ? [{ key, value: content.value.bytes }]
      : [],
  )
}
