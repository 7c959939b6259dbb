import { crc32c as nativeCrc32c } from '@node-rs/crc32'
import { assert } from '#base/assert.ts'

const REFLECTED_POLYNOMIAL = 0x82f63b78
const MASK_DELTA = 0xa282ead8
/** x^0 with the coefficients reflected, as in every CRC register here */
const ONE = 0x80000000
const X = 0x40000000

/** X_POWERS[n] = x^(2^n) mod p: enough for any length that is a safe integer, counted in bits. */
const X_POWERS = powersOfX(56)

/** CRC-32C (Castagnoli), unmasked; `seed` is the CRC of the bytes before. */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  return nativeCrc32c(bytes, seed) >>> 0
}

/** How RocksDB stores a CRC in logs, tables and blob files (RocksDB: util/crc32c.h). */
export function maskCrc32c(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + MASK_DELTA) >>> 0
}

export function unmaskCrc32c(masked: number): number {
  const rotated = (masked - MASK_DELTA) >>> 0
  return ((rotated << 15) | (rotated >>> 17)) >>> 0
}

/**
 * The CRC of two neighbouring ranges from the CRC of each, without their bytes: crc(A) · x^(8·|B|) + crc(B) modulo
 * the polynomial, the method of zlib's crc32_combine.
 */
export function combineCrc32c(first: number, second: number, secondLengthBytes: number): number {
  assert(Number.isSafeInteger(secondLengthBytes) && secondLengthBytes >= 0, 'a length is a safe integer')
  let shift = ONE
  let lengthLeft = secondLengthBytes
  for (let power = 3; lengthLeft > 0; power += 1) {
    if (lengthLeft % 2 === 1) shift = multiply(X_POWERS[power] ?? 0, shift)
    lengthLeft = Math.floor(lengthLeft / 2)
  }
  return (multiply(shift, first) ^ second) >>> 0
}

function powersOfX(count: number): Uint32Array {
  const powers = new Uint32Array(count + 1)
  powers[0] = X
  for (let index = 1; index <= count; index += 1) {
    const previous = powers[index - 1] ?? 0
    powers[index] = multiply(previous, previous)
  }
  return powers
}

/** Polynomial product modulo p, reflected. */
function multiply(left: number, right: number): number {
  let product = 0
  let multiple = right
  for (let bit = 31; bit >= 0; bit -= 1) {
    if ((left >>> bit) & 1) product ^= multiple
    multiple = multiple & 1 ? (multiple >>> 1) ^ REFLECTED_POLYNOMIAL : multiple >>> 1
  }
  return product >>> 0
}
