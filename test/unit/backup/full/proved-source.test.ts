// Goal: the checksum of a prefix is that of the bytes that were seen, or none. Method: random files, windows and cuts; then
// the bytes behind the source change.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ByteSource } from '#base/byte-source.ts'
import { ProvedSource } from '../../../../src-main/backup/full/proved-source.ts'
import { crc32c } from '../../../../src-main/rocksdb/crc32c.ts'

function sourceOf(bytes: Uint8Array): ByteSource {
  return {
    name: 'file',
    sizeBytes: bytes.length,
    readInto(target, offsetBytes) {
      const part = bytes.subarray(offsetBytes, offsetBytes + target.length)
      target.set(part)
      return part.length
    },
    close: () => {},
  }
}

function readThrough(source: ProvedSource, windowBytes: number): void {
  for (let at = 0; at < source.sizeBytes; at += windowBytes) source.readInto(new Uint8Array(windowBytes), at)
}

test('every prefix of what was read has its checksum, whatever was looked at again', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 500 }),
      fc.integer({ min: 1, max: 200 }),
      fc.nat(500),
      (bytes, windowBytes, cut) => {
        const source = new ProvedSource(sourceOf(bytes))
        readThrough(source, windowBytes)
        source.readInto(new Uint8Array(10), 3)
        const prefixBytes = Math.min(cut, bytes.length)
        expect(source.crcOf(prefixBytes)).toBe(crc32c(bytes.subarray(0, prefixBytes)))
        expect(source.crcOf(bytes.length + 1)).toBeNull()
      },
    ),
  )
})

test('bytes that changed in the window of the cut are noticed, others leave what was seen', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, index) => index)
  const seen = bytes.slice()
  const source = new ProvedSource(sourceOf(bytes))
  readThrough(source, 40)
  bytes[5] = 200
  expect(source.crcOf(60)).toBe(crc32c(seen.subarray(0, 60)))
  expect(source.crcOf(20)).toBeNull()
  expect(source.crcOf(40)).toBe(crc32c(seen.subarray(0, 40)))
})
