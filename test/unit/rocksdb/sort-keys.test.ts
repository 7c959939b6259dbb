import { describe, expect, test } from 'vitest'
import { sortKeys } from '../../../src-main/rocksdb/wal/sort-keys.ts'
import { seededRandom } from './fixtures.ts'

const SEED = 20_261_124
/** more than what is sorted by comparing alone */
const COUNT = 6000

/** Keys as a run holds them, over several chunks. */
function columnsOf(keys: readonly Uint8Array[]) {
  const half = Math.ceil(keys.length / 2)
  const chunks = [keys.slice(0, half), keys.slice(half)].map((part) => Buffer.concat(part))
  const starts = new Uint32Array(keys.length)
  let at = 0
  keys.forEach((key, index) => {
    if (index === half) at = 0
    starts[index] = at
    at += key.length
  })
  return {
    chunks,
    chunkOf: Uint32Array.from(keys, (_, index) => (index < half ? 0 : 1)),
    starts,
    lengths: Uint32Array.from(keys, (key) => key.length),
  }
}

describe(`keys of a run (seed ${SEED})`, () => {
  const integer = seededRandom(SEED)
  const numbered = (prefix: string, digits: number) =>
    Buffer.from(`${prefix}${integer(COUNT).toString(16).padStart(digits, '0')}`)
  const zeros = Buffer.alloc(40)
  const shapes: Record<string, () => Uint8Array> = {
    'random bytes': () => Uint8Array.from({ length: integer(20) }, () => integer(256)),
    'few distinct keys with many versions': () => Buffer.from(`key ${integer(5)}`),
    'ids behind a long common prefix': () => numbered('tenant-of-some-length:n:', 16),
    'prefixes of each other, ended by zeros': () => zeros.subarray(0, integer(40)),
    'one key': () => Buffer.from('the same'),
    'empty and one-byte keys': () => Buffer.alloc(integer(2), integer(256)),
    'two tenants': () => numbered(integer(2) === 0 ? 'a:n:' : 'a:n:0000000000000', 16),
  }

  test.each(Object.entries(shapes))('%s are in bytewise order, equal ones as they came', (_, shape) => {
    const keys = Array.from({ length: COUNT }, shape)
    const order = Uint32Array.from(keys, (_key, index) => keys.length - 1 - index)
    const expected = [...order].sort((left, right) => Buffer.compare(keys[left]!, keys[right]!))
    sortKeys(columnsOf(keys), order)
    expect([...order]).toEqual(expected)
  })
})
