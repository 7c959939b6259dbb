/** A file of the logical log: its number is the sequence that its first record was meant to have. */
export type LogicalLogName = { readonly name: string; readonly number: bigint }

/** Reads `wal-<16 lower-case hex>.log`; null for any other name. Follows docs/formats/samyama.md §2.1. */
export function parseLogicalLogName(name: string): LogicalLogName | null {
  const digits = /^wal-([0-9a-f]{16})\.log$/.exec(name)?.[1]
  return digits === undefined ? null : { name, number: BigInt(`0x${digits}`) }
}

/** The logs among `names` in the order they were written. Follows docs/formats/samyama.md §2.1. */
export function orderLogicalLogs(names: readonly string[]): LogicalLogName[] {
  return names
    .map(parseLogicalLogName)
    .filter((log) => log !== null)
    .sort((left, right) => (left.number < right.number ? -1 : 1))
}
