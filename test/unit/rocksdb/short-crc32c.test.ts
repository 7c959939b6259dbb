import { expect, test } from 'vitest'
import { crc32c } from '../../../src-main/rocksdb/crc32c.ts'
import { shortCrc32c } from '../../../src-main/rocksdb/log/short-crc32c.ts'
import { seededRandom } from './fixtures.ts'

test('short ranges have the CRC that native code gives them, at any place and length', () => {
  const random = seededRandom(20)
  const bytes = Uint8Array.from({ length: 2000 }, () => random(256))
  const view = new DataView(bytes.buffer)
  for (let length = 0; length <= 700; length += 1) {
    const start = random(bytes.length - length)
    expect(shortCrc32c(bytes, view, start, start + length)).toBe(crc32c(bytes.subarray(start, start + length)))
  }
})
