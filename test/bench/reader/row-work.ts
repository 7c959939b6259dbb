import { readFileSync } from 'node:fs'
import { KEY_BYTES } from './lookup-keys.ts'
import { peakRssBytes } from './peak-rss.ts'
import { firstRows, openDirectory, valueAt, withView } from './view-adapter.ts'
import type { Work } from './work.ts'

const MEBIBYTE = 1024 * 1024

/** Opens a database and reads its first rows: what somebody waits for who looks into it. */
export function firstPage(directory: string, rowCount: number): Work {
  const before = { rss: process.memoryUsage.rss(), peak: peakRssBytes() }
  const startedMs = performance.now()
  const rows = withView(directory, (view) => firstRows(view, rowCount))
  const milliseconds = performance.now() - startedMs
  const after = { rss: process.memoryUsage.rss(), peak: peakRssBytes() }
  if (rows.length !== rowCount) throw new Error(`${rows.length} rows instead of ${rowCount}`)
  // a peak that start-up had already reached says nothing about the page
  const highest = after.peak > before.peak ? after.peak : after.rss
  const bytes = rows.reduce((sum, { key, content }) => sum + key.length + shownBytes(content), 0)
  const rssGrowthMebibytes = (highest - before.rss) / MEBIBYTE
  const figures = { milliseconds, rssGrowthMebibytes }
  return { seconds: milliseconds / 1000, bytes, readBytes: bytes, entries: rows.length, figures }
}

function shownBytes(content: ReturnType<typeof firstRows>[number]['content']): number {
  return content.kind === 'value' ? content.value.bytes.length : 0
}

/**
 * Looks every key of a file up, without a block cache, and times each by itself.
 * @param isNewViewEach open the database anew for each key, which is not timed: then the table is opened as well
 */
export function lookUp(directory: string, keysPath: string, isNewViewEach: boolean): Work {
  const keys = readFileSync(keysPath)
  const milliseconds: number[] = []
  let bytes = 0
  let view = openDirectory(directory)
  for (let at = 0; at < keys.length; at += KEY_BYTES) {
    const key = keys.subarray(at, at + KEY_BYTES)
    const startedMs = performance.now()
    const value = valueAt(view, key)
    milliseconds.push(performance.now() - startedMs)
    bytes += key.length + value.length
    if (!isNewViewEach) continue
    view.close()
    view = openDirectory(directory)
  }
  view.close()
  const sorted = milliseconds.toSorted((left, right) => left - right)
  const last = sorted.length - 1
  const figures = {
    medianMs: sorted[Math.floor(last / 2)] ?? Number.NaN,
    p99Ms: sorted[Math.floor((last * 99) / 100)] ?? Number.NaN,
    firstMs: milliseconds[0] ?? Number.NaN,
  }
  const seconds = milliseconds.reduce((sum, each) => sum + each, 0) / 1000
  return { seconds, bytes, readBytes: bytes, entries: sorted.length, figures }
}
