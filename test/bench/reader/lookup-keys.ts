import { existsSync, writeFileSync } from 'node:fs'
import { openDirectory, rowFrom } from './view-adapter.ts'

/** db_bench: a big-endian number of eight bytes, filled up with zeros in text. */
export const KEY_BYTES = 16
const FILLER = '0'

/**
 * A file of existing keys in random order, one behind the other, beside the database: always the same ones.
 * @param numbers how many numbers db_bench chose from
 */
export function lookupKeys(directory: string, count: number, numbers: number): string {
  const path = `${directory}.keys-${count}`
  if (existsSync(path)) return path
  const view = openDirectory(directory)
  const random = seededRandom(1)
  const keys = Array.from({ length: count }, () => {
    const row = rowFrom(view, benchKey(Math.floor(random() * numbers)))
    if (row?.key.length !== KEY_BYTES) throw new Error('not a database of db_bench')
    return row.key
  })
  view.close()
  writeFileSync(path, Buffer.concat(keys))
  return path
}

function benchKey(number: number): Uint8Array {
  const key = Buffer.alloc(KEY_BYTES, FILLER)
  key.writeBigUInt64BE(BigInt(number), 0)
  return key
}

/** xorshift32: numbers in [0, 1), the same ones everywhere. */
function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}
