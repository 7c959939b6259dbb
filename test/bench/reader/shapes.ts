import type { DatabaseShape } from '../reference/databases.ts'

/** db_bench chooses its keys from so many numbers. */
export const randomNumbers = 8_000_000

/** 16-byte keys in random order, many of them written twice; stored it is 1 GiB or more. */
function randomTables(compression: 'lz4' | 'snappy'): DatabaseShape {
  return {
    name: `random-${compression}-8000k-400`,
    benchmarks: 'fillrandom,waitforcompaction',
    arguments: { num: randomNumbers, value_size: 400, compression_type: compression, disable_wal: true },
  }
}

export const lz4Tables = randomTables('lz4')
export const snappyTables = randomTables('snappy')

/** A million batches of one small row each in one write-ahead log of about 290 MB, and not one table. */
export const logShape: DatabaseShape = {
  name: 'log-1000k-256',
  benchmarks: 'fillrandom',
  arguments: {
    num: 1_000_000,
    value_size: 256,
    write_buffer_size: 2 ** 32,
    disable_auto_compactions: true,
    max_total_wal_size: 2 ** 34,
  },
}

const ORDERED_VALUE_BYTES = 4000

/** Rows of 4,000 bytes in key order, not compressed, so that the files have the size that is asked for. */
export function orderedTables(sizeMegabytes: number): DatabaseShape {
  return {
    name: `ordered-${sizeMegabytes}mb`,
    benchmarks: 'fillseq,waitforcompaction',
    arguments: {
      num: Math.ceil((sizeMegabytes * 1e6) / ORDERED_VALUE_BYTES),
      value_size: ORDERED_VALUE_BYTES,
      compression_type: 'none',
      disable_wal: true,
    },
  }
}
