import { AppError } from '#base/app-error.ts'
import type { ByteSource } from '#base/byte-source.ts'
import type { Damage } from '#base/damage.ts'
import { memorySource } from '#base/memory-source.ts'
import { parseBackupMeta } from '../../../../src-main/rocksdb/backup-meta.ts'
import { openTable } from '../../../../src-main/rocksdb/sst/table.ts'
import { backupFileSet, directoryFileSet } from '../../../../src-main/rocksdb/view/named-file-set.ts'
import type { ScanPage } from '../../../../src-main/rocksdb/view/requests.ts'
import type { Row, RowContent } from '../../../../src-main/rocksdb/view/row.ts'
import { openView, type View } from '../../../../src-main/rocksdb/view/view.ts'
import { loadWal } from '../../../../src-main/rocksdb/wal/load-wal.ts'
import type { Answer, Files, Input } from '../../../support/fuzz/target.ts'
import { latin1 } from './entry-text.ts'
import { logNumberOf } from './fixture-inputs.ts'

const PAGE_ROWS = 7
const PAGES_MAX = 500
/** read once more by themselves */
const VERSIONS_MAX = 20
const KEYS_MAX = 3
const VALUE_BYTES_MAX = 100
const OUTSIDE = /^\/|\\|\0|(^|\/)\.\.?(\/|$)/
const KINDS: readonly RowContent['kind'][] = ['merge', 'blob-reference', 'entity', 'unreadable']

/** All rows of all families of a database directory, page by page in both directions, and some keys by themselves. */
export function readDatabase(files: Files): Answer {
  return rowsOf(openView(directoryFileSet([...files.keys()], opener(files))))
}

/** The same for the backup whose number ends the name of the input. */
export function readBackup(files: Files, { name }: Input): Answer {
  const id = Number(name.at(-1))
  const metaName = `meta/${id}`
  const open = opener(files)
  open(metaName).close()
  const meta = parseBackupMeta(files.get(metaName)!, id, metaName)
  return rowsOf(openView(backupFileSet(meta, open)))
}

function opener(files: Files): (name: string) => ByteSource {
  return (name) => {
    if (OUTSIDE.test(name)) throw new Error(`asked for a file outside: ${JSON.stringify(name)}`)
    const bytes = files.get(name)
    if (bytes !== undefined) return memorySource(name, bytes)
    throw new AppError('PATH_NOT_FOUND', { message: 'there is no such file', subject: name })
  }
}

function rowsOf(view: View): Answer {
  try {
    const damages: Damage[] = [...view.damages]
    const items = view.columnFamilies.flatMap((family) => familyItems(view, family.id, damages))
    return { items, damages }
  } finally {
    view.close()
  }
}

/** The rows of a family; where no damage excuses it, every other way to them must give the same. */
function familyItems(view: View, columnFamilyId: number, damages: Damage[]): string[] {
  const rows = scanAll(view, columnFamilyId, false, damages)
  const items = rows.map(rowText)
  const reverse = scanAll(view, columnFamilyId, true, damages).map(rowText)
  if (damages.length === 0 && reverse.toReversed().join() !== items.join()) items.push('other rows in reverse')
  for (const [index, { key }] of rows.entries()) {
    if (index >= KEYS_MAX) break
    const got = view.get({ columnFamilyId, key, maxValueBytes: VALUE_BYTES_MAX })
    damages.push(...got.damages.map(({ damage }) => damage))
    const isSame = got.row !== null && rowText(got.row) === items[index]
    const { versions } = view.history({ columnFamilyId, key, limit: VERSIONS_MAX, maxValueBytes: VALUE_BYTES_MAX })
    const [newest] = versions
    const isNewest = newest !== undefined && newest.sequence === got.row?.sequence
    if (damages.length === 0 && !isNewest) items.push(`another newest version: ${items[index]}`)
    if (damages.length === 0 && !isSame) items.push(`another row by its key: ${items[index]}`)
  }
  return items
}

function scanAll(view: View, columnFamilyId: number, isReverse: boolean, damages: Damage[]): Row[] {
  const rows: Row[] = []
  let after: Uint8Array | null = null
  for (let count = 0; count < PAGES_MAX; count += 1) {
    const page: ScanPage = scanOrRefuse(view, columnFamilyId, isReverse, after)
    rows.push(...page.rows)
    damages.push(...page.damages.map(({ damage }) => damage))
    if (page.next === null) return rows
    if (after !== null && Buffer.compare(page.next, after) === 0) throw new Error('a page is followed by itself')
    after = page.next
  }
  throw new Error('pages without end')
}

/** A family whose order is not known has no pages. */
function scanOrRefuse(view: View, columnFamilyId: number, isReverse: boolean, after: Uint8Array | null): ScanPage {
  try {
    return view.scan({ columnFamilyId, isReverse, from: null, after, limit: PAGE_ROWS, maxValueBytes: VALUE_BYTES_MAX })
  } catch (error) {
    if (error instanceof AppError && error.code === 'BAD_REQUEST') return { rows: [], next: null, damages: [] }
    throw error
  }
}

function rowText({ key, sequence, content }: Row): string {
  const value = content.kind === 'value' ? latin1(content.value.bytes) : ''
  return `${latin1(key)}@${sequence} ${content.kind}=${value}`
}

/** Every version in tables and logs: near damage an older one may be shown. */
export function allVersions({ files }: Input): string[] {
  const versions: string[] = []
  const add = (key: Uint8Array, sequence: number, value: Uint8Array): void => {
    const start = `${latin1(key)}@${sequence}`
    versions.push(
      `${start} value=${latin1(value.subarray(0, VALUE_BYTES_MAX))}`,
      ...KINDS.map((kind) => `${start} ${kind}=`),
    )
  }
  for (const [name, bytes] of files) {
    if (!name.endsWith('.sst')) continue
    const table = openTable(memorySource(name, bytes))
    const iterator = table.iterator()
    for (iterator.seekToFirst(); iterator.valid; iterator.next())
      add(iterator.userKey, iterator.sequence, iterator.value)
  }
  const logs = [...files].filter(([name]) => name.endsWith('.log'))
  const wal = loadWal(
    logs.map(([name, bytes]) => ({ logNumber: logNumberOf(name), open: () => memorySource(name, bytes) })),
    { flushedSequence: 0, trackedLogs: [], logNumberOf: () => 0, maxBytes: 2 ** 24 },
  )
  for (const run of wal.runs.values()) {
    const cursor = run.iterator()
    for (cursor.seekToFirst(); cursor.valid; cursor.next()) add(cursor.userKey, cursor.sequence, cursor.value)
  }
  wal.close()
  return versions
}
