/** A time as ISO 8601 in UTC, to the microsecond. */
export function timeText(timeUs: number): string {
  const date = new Date(Math.floor(timeUs / 1000))
  // the range of Date is smaller than that of the number
  if (Number.isNaN(date.getTime())) return `${timeUs} µs since 1970`
  return date.toISOString().replace('Z', `${String(timeUs % 1000).padStart(3, '0')}Z`)
}

/** `1 commit`, `2 commits` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`
}
