import { availableParallelism, cpus } from 'node:os'
import type { SubjectResult } from './harness.ts'

/** What the figures depend on, in one line. */
export function machineLine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  return `${model}, ${availableParallelism()} cores, ${process.platform} ${process.arch}, Node ${process.version}`
}

const HEADER = ['subject', 'bytes', 'read', 'median s', 'min s', 'max s', 'GB/s', 'ratio']

/** A table for the terminal: names to the left, numbers to the right. */
export function formatTable(results: readonly SubjectResult[]): string {
  const rows = [HEADER, ...results.map(cells)]
  const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  return rows.map((row) => row.map((cell, column) => align(cell, column, widths[column] ?? 0)).join('  ')).join('\n')
}

function cells(result: SubjectResult): string[] {
  return [
    result.name,
    String(result.bytes),
    String(result.readBytes),
    result.seconds.median.toFixed(3),
    result.seconds.min.toFixed(3),
    result.seconds.max.toFixed(3),
    result.gigabytesPerSecond.toFixed(2),
    `${result.ratio.toFixed(2)}x`,
  ]
}

function align(cell: string, column: number, width: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width)
}
