import { limits } from '#base/limits.ts'
import type { ContentReader } from './content-reader.ts'
import type { FamilySources } from './family-sources.ts'
import type { ScanPage, ScanRequest } from './requests.ts'
import { ReverseRowReader } from './reverse-row-reader.ts'
import type { Row } from './row.ts'
import { RowCursor } from './row-cursor.ts'

/** A scan that meets only deleted keys ends its page after this many versions. */
const ENTRIES_READ_MAX = 1_000_000

/** A page of rows in key order. */
export function scanForward(sources: FamilySources, contents: ContentReader, request: ScanRequest): ScanPage {
  const { comparator, report, work } = sources
  const to = request.to ?? null
  const hasTime = (entriesRead: number) => entriesRead < ENTRIES_READ_MAX && work.readBytes < limits.pageReadBytesMax
  const cursor = new RowCursor(sources.merged, { ...sources, mayGoOn: hasTime })
  if (request.after !== null) cursor.seekBehind(request.after)
  else if (request.from !== null) cursor.seek(request.from)
  else cursor.rewind()
  const rows: Row[] = []
  for (; cursor.valid; cursor.next()) {
    if (to !== null && comparator.compare(cursor.key, cursor.key.length, to) >= 0) break
    // the first row is always read: a page that came to nothing would be asked for again for ever
    const isFull = rows.length >= request.limit || contents.bytesCopied >= limits.pageBytesMax
    if (rows.length > 0 && (isFull || !hasTime(cursor.entriesRead))) {
      return { rows, next: rows.at(-1)?.key ?? null, damages: report.damages }
    }
    rows.push(cursor.row(contents))
  }
  return { rows, next: cursor.isPaused ? cursor.lastKey() : null, damages: report.damages }
}

/** A page of rows from the last key to the first. */
export function scanReverse(sources: FamilySources, contents: ContentReader, request: ScanRequest): ScanPage {
  const { comparator, report, work, merged } = sources
  const reader = new ReverseRowReader(merged, sources)
  const bound = request.after ?? request.to ?? null
  if (bound === null) merged.rewind()
  else {
    merged.seek(bound)
    reader.skip(bound)
  }
  const rows: Row[] = []
  let last: Uint8Array | null = bound
  let isFirst = true
  while (merged.valid) {
    const { userKey } = merged.top
    if (request.from !== null && comparator.compare(userKey, userKey.length, request.from) < 0) break
    if (last !== null && comparator.compare(userKey, userKey.length, last) >= 0) {
      // a page that went back would be followed by itself for ever
      merged.giveUp()
      continue
    }
    const isFull = rows.length >= request.limit || contents.bytesCopied >= limits.pageBytesMax
    const isSlow = reader.entriesRead >= ENTRIES_READ_MAX || work.readBytes >= limits.pageReadBytesMax
    if (!isFirst && (isFull || isSlow)) return { rows, next: last, damages: report.damages }
    isFirst = false
    const { key, row } = reader.read(contents)
    last = key
    if (row !== null) rows.push(row)
  }
  return { rows, next: null, damages: report.damages }
}
