import { describe, expect, test } from 'vitest'
import { combineCrc32c, crc32c, maskCrc32c, unmaskCrc32c } from '../../../src-main/rocksdb/crc32c.ts'
import { bytesOf, seededRandom } from './fixtures.ts'

describe('CRC-32C', () => {
  test('gives the published values, plain and masked', () => {
    const digits = crc32c(bytesOf('123456789'))
    const empty = crc32c(new Uint8Array(0))
    expect([digits, maskCrc32c(digits), empty, maskCrc32c(empty)]).toEqual([0xe3069283, 0xc78ab0e5, 0, 0xa282ead8])
  })

  test('is undone by unmasking', () => {
    const values = [0, 1, 0xe3069283, 0x80000000, 0xffffffff]
    expect(values.map((value) => unmaskCrc32c(maskCrc32c(value)))).toEqual(values)
  })

  test('goes on from the CRC of the bytes before', () => {
    expect(crc32c(bytesOf('6789'), crc32c(bytesOf('12345')))).toBe(0xe3069283)
  })

  test('of two ranges is combined without their bytes, at every cut', () => {
    const random = seededRandom(7)
    const bytes = Uint8Array.from({ length: 5000 }, () => random(256))
    const whole = crc32c(bytes)
    for (const cut of [0, 1, 7, 8, 255, 256, 1000, 4096, 4999, 5000]) {
      const first = crc32c(bytes.subarray(0, cut))
      const second = crc32c(bytes.subarray(cut))
      expect([cut, combineCrc32c(first, second, bytes.length - cut)]).toEqual([cut, whole])
    }
  })

  test('is combined for lengths beyond 32 bits as three parts in any order', () => {
    const gibibyte = 2 ** 30
    const zeros = new Uint8Array(1024)
    let zerosCrc = crc32c(zeros)
    for (let length = zeros.length; length < 8 * gibibyte; length *= 2)
      zerosCrc = combineCrc32c(zerosCrc, zerosCrc, length)
    const left = combineCrc32c(combineCrc32c(5, zerosCrc, 8 * gibibyte), 9, 100)
    const right = combineCrc32c(5, combineCrc32c(zerosCrc, 9, 100), 8 * gibibyte + 100)
    expect(left).toBe(right)
  })
})
