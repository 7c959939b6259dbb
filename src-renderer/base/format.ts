/** Numbers, sizes and durations as a person reads them. Every function is pure; `null` is for the caller to show. */

const thinSpace = '\u2009'
const byteUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

/** 1204331 → "1 204 331", with thin spaces. Expects an integer. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, thinSpace)
}

/** Bytes in IEC units with three significant digits: "18.4 GiB", "512 B". */
export function formatBytes(bytes: number): string {
  let value = bytes
  let unit = 0
  // 999.5 would round to "1000": the next unit says it shorter
  while (value >= 999.5 && unit < byteUnits.length - 1) {
    value /= 1024
    unit += 1
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2
  return `${value.toFixed(digits)} ${byteUnits[unit]}`
}

export function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond)}/s`
}

/** A fraction of 1 as "63 %". Rounds down, so that 100 % means done. */
export function formatPercent(fraction: number): string {
  return `${Math.floor(Math.min(1, Math.max(0, fraction)) * 100)} %`
}

/** Microseconds as the two largest units: "4 m 12 s", "840 ms", "3 d 4 h". */
export function formatDuration(durationUs: number): string {
  if (durationUs < 1_000) return `${durationUs} µs`
  if (durationUs < 1_000_000) return `${Math.floor(durationUs / 1_000)} ms`
  const seconds = Math.floor(durationUs / 1_000_000)
  if (seconds < 10) return `${Math.floor(durationUs / 100_000) / 10} s`
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return pair(minutes, 'm', seconds % 60, 's')
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return pair(hours, 'h', minutes % 60, 'm')
  return pair(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

/** "1 file", "3 files"; `plural` for words that do not just take an s. */
export function formatQuantity(count: number, singular: string, plural = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : plural}`
}

function pair(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`
}
