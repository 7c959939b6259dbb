import type { Job } from '#contract'

/** Aligned columns; numbers to the right. */
export function table(header: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [header.map(String), ...rows.map((row) => row.map(String))]
  const widths = header.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)))
  const isNumber = header.map((_, column) => rows.every((row) => typeof row[column] === 'number'))
  return cells
    .map((row) =>
      row
        .map((cell, column) =>
          isNumber[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

export function bytes(sizeBytes: number): string {
  let value = sizeBytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`
}

/** ISO 8601 in UTC, whole seconds: what BackupEngine knows. */
export function time(timeUs: number): string {
  return new Date(timeUs / 1000).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** ISO 8601 in UTC to the microsecond: what a commit knows. */
export function preciseTime(timeUs: number): string {
  const micros = String(timeUs % 1000).padStart(3, '0')
  return new Date(Math.floor(timeUs / 1000)).toISOString().replace('Z', `${micros}Z`)
}

/** A key or value for a line of text: as it is when printable, else as ldb writes it, in hex, which can be typed again. */
export function text(base64: string): string {
  const raw = Buffer.from(base64, 'base64')
  const decoded = raw.toString('utf8')
  const isPrintable = Buffer.from(decoded, 'utf8').equals(raw) && !/\p{Cc}|^0x/u.test(decoded)
  return isPrintable ? decoded : `0x${raw.toString('hex').toUpperCase()}`
}

/** Text out of a file in one line: control characters, which a terminal would obey, are spelt out. */
export function visible(line: string): string {
  return line.replace(/\p{Cc}/gu, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`)
}

/** One line about a running job, drawn over the one before; nothing when nobody looks. */
export function progressLine(job: Job): void {
  if (!process.stderr.isTTY || job.progress === null) return
  const { phase, doneBytes, totalBytes, doneCount } = job.progress
  const percent = totalBytes === null || totalBytes === 0 ? '' : ` ${Math.floor((doneBytes / totalBytes) * 100)} %`
  const rate = job.activeUs > 0 ? ` · ${bytes((doneBytes / job.activeUs) * 1e6)}/s` : ''
  // a job that goes through rows counts them, not bytes
  const amount = totalBytes === null ? ` · ${doneCount.toLocaleString('en-US')}` : `${percent}${rate}`
  process.stderr.write(`\r\u001B[K${phase}${amount}`)
}

export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[K')
}

/** The answer of a command: the contract's own types, or text for people. */
export function print(isJson: boolean, value: unknown, people: () => string): void {
  process.stdout.write(isJson ? `${JSON.stringify(value, null, 2)}\n` : `${people()}\n`)
}
