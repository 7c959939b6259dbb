import { availableParallelism, cpus, loadavg } from 'node:os'
import type { BarResult } from './bars.ts'
import type { SubjectResult } from './harness.ts'

/** What the figures depend on, in one line. */
export function machineLine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `${model}, ${availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.version}`
}

/** How many threads want a processor: above the number of cores, other programs take part in what is measured. */
export function loadAverage(): number {
  return Math.round((loadavg()[0] ?? 0) * 100) / 100
}

const RESULT_HEADER = ['subject', 'bytes', 'read', 'median s', 'min s', 'max s', 'cpu s', 'GB/s', 'ratio']
const BAR_HEADER = ['group', 'subject', 'measure', 'bar', 'ours', 'reference', 'ratio', 'met']

/** The measurements of one group. */
export function formatResults(results: readonly SubjectResult[]): string {
  return formatTable([RESULT_HEADER, ...results.map(resultCells)], 1)
}

/** What else was measured: a column for each figure; nothing when there is none. */
export function formatFigures(results: readonly SubjectResult[]): string {
  const names = [...new Set(results.flatMap(({ figures }) => Object.keys(figures)))].filter(
    (name) => name !== 'cpuSeconds',
  )
  if (names.length === 0) return ''
  const rows = results.map(({ name, figures }) => [name, ...names.map((figure) => figures[figure]?.toFixed(2) ?? '-')])
  return `${formatTable([['subject', ...names], ...rows], 1)}\n\n`
}

/** Every bar of every group that ran. */
export function formatBars(groups: readonly (readonly [name: string, bars: readonly BarResult[]])[]): string {
  const rows = groups.flatMap(([name, bars]) => bars.map((bar) => barCells(name, bar)))
  return formatTable([BAR_HEADER, ...rows], 4)
}

/** A table for the terminal: the first columns, which are text, to the left, numbers to the right. */
function formatTable(rows: readonly (readonly string[])[], textColumns: number): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const align = (cell: string, column: number): string =>
    column < textColumns ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)
  return rows.map((row) => row.map(align).join('  ')).join('\n')
}

function resultCells(result: SubjectResult): string[] {
  return [
    result.name,
    String(result.bytes),
    String(result.readBytes),
    result.seconds.median.toFixed(3),
    result.seconds.min.toFixed(3),
    result.seconds.max.toFixed(3),
    result.figures.cpuSeconds?.toFixed(3) ?? '-',
    result.gigabytesPerSecond.toFixed(2),
    `${result.ratio.toFixed(2)}x`,
  ]
}

function barCells(group: string, bar: BarResult): string[] {
  return [
    group,
    bar.subject,
    bar.measure,
    bar.bar,
    bar.ours.toFixed(3),
    bar.reference?.toFixed(3) ?? '-',
    bar.ratio === null ? '-' : `${bar.ratio.toFixed(2)}x`,
    bar.isMet ? 'yes' : 'NO',
  ]
}
