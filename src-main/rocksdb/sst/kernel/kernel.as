// What is done for every byte of a block, in AssemblyScript: checksums and decompression. It is compiled into
// kernel-binary.ts (how: test/unit/rocksdb/sst/kernel-binary.test.ts), and block-kernel.ts calls it. Callers keep every range
// inside the memory with 16 spare bytes behind it: copies move 16 bytes at a time and may touch those.

const PRIME32_1: u64 = 0x9e3779b1
const PRIME32_2: u64 = 0x85ebca77
const PRIME32_3: u64 = 0xc2b2ae3d
const PRIME64_1: u64 = 0x9e3779b185ebca87
const PRIME64_2: u64 = 0xc2b2ae3d27d4eb4f
const PRIME64_3: u64 = 0x165667b19e3779f9
const PRIME64_4: u64 = 0x85ebca77c2b2ae63
const PRIME64_5: u64 = 0x27d4eb2f165667c5

const secret = memory.data<u8>([
  0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c,
  0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
  0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
  0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
  0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
  0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
  0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d,
  0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
  0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
  0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
  0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce,
  0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
])
const SECRET_BYTES: usize = 192
const STRIPE_BYTES: usize = 64
const STRIPES_PER_BLOCK: usize = 16

@inline
function accumulate(acc: v128, at: usize, key: usize): v128 {
  const data = v128.load(at)
  const mixed = v128.xor(data, v128.load(key))
  const low = v128.shuffle<u32>(mixed, mixed, 0, 2, 0, 2)
  const high = v128.shuffle<u32>(mixed, mixed, 1, 3, 1, 3)
  const swapped = v128.shuffle<u64>(data, data, 1, 0)
  return i64x2.add(i64x2.add(acc, swapped), i64x2.extmul_low_i32x4_u(low, high))
}

@inline
function scramble(acc: v128, key: usize): v128 {
  const mixed = v128.xor(v128.xor(acc, i64x2.shr_u(acc, 47)), v128.load(key))
  return i64x2.mul(mixed, i64x2.splat(PRIME32_1))
}

@inline
function foldedProduct(left: u64, right: u64): u64 {
  const leftLow = left & 0xffffffff
  const leftHigh = left >> 32
  const rightLow = right & 0xffffffff
  const rightHigh = right >> 32
  const lowLow = leftLow * rightLow
  const highLow = leftHigh * rightLow
  const lowHigh = leftLow * rightHigh
  const cross = (lowLow >> 32) + (highLow & 0xffffffff) + lowHigh
  const upper = (highLow >> 32) + (cross >> 32) + leftHigh * rightHigh
  return ((cross << 32) | (lowLow & 0xffffffff)) ^ upper
}

@inline
function merge(acc: v128, key: usize): u64 {
  return foldedProduct(
    v128.extract_lane<u64>(acc, 0) ^ load<u64>(key),
    v128.extract_lane<u64>(acc, 1) ^ load<u64>(key + 8),
  )
}

/** The low half of XXH3-64 with seed 0 of more than 240 bytes. xxHash: doc/xxhash_spec.md, XXH3 on large inputs */
export function xxh3(at: usize, length: usize): u32 {
  let acc0 = i64x2(PRIME32_3, PRIME64_1)
  let acc1 = i64x2(PRIME64_2, PRIME64_3)
  let acc2 = i64x2(PRIME64_4, PRIME32_2)
  let acc3 = i64x2(PRIME64_5, PRIME32_1)
  const end = at + length
  let stripesLeft = (length - 1) / STRIPE_BYTES
  let from = at
  while (stripesLeft > 0) {
    const count = min(stripesLeft, STRIPES_PER_BLOCK)
    const keyEnd = secret + count * 8
    for (let key = secret; key < keyEnd; key += 8) {
      acc0 = accumulate(acc0, from, key)
      acc1 = accumulate(acc1, from + 16, key + 16)
      acc2 = accumulate(acc2, from + 32, key + 32)
      acc3 = accumulate(acc3, from + 48, key + 48)
      from += STRIPE_BYTES
    }
    stripesLeft -= count
    if (count === STRIPES_PER_BLOCK) {
      const key = secret + SECRET_BYTES - STRIPE_BYTES
      acc0 = scramble(acc0, key)
      acc1 = scramble(acc1, key + 16)
      acc2 = scramble(acc2, key + 32)
      acc3 = scramble(acc3, key + 48)
    }
  }
  const key = secret + SECRET_BYTES - STRIPE_BYTES - 7
  from = end - STRIPE_BYTES
  acc0 = accumulate(acc0, from, key)
  acc1 = accumulate(acc1, from + 16, key + 16)
  acc2 = accumulate(acc2, from + 32, key + 32)
  acc3 = accumulate(acc3, from + 48, key + 48)
  let hash = (<u64>length) * PRIME64_1
  hash += merge(acc0, secret + 11) + merge(acc1, secret + 27) + merge(acc2, secret + 43) + merge(acc3, secret + 59)
  hash ^= hash >> 37
  hash *= 0x165667919e3779f9
  return <u32>(hash ^ (hash >> 32))
}

/**
 * Decodes one raw LZ4 block of [from, fromEnd) into all of [to, toEnd). False when it does not fit.
 * LZ4: doc/lz4_Block_format.md
 */
export function lz4(from: usize, fromEnd: usize, to: usize, toEnd: usize): bool {
  const start = to
  while (from < fromEnd) {
    const token: usize = load<u8>(from)
    from += 1
    let length = token >> 4
    if (length === 15) {
      let byte: usize = 255
      while (byte === 255) {
        if (from >= fromEnd) return false
        byte = load<u8>(from)
        from += 1
        length += byte
      }
    }
    if (length > fromEnd - from || length > toEnd - to) return false
    copyApart(from, to, length)
    from += length
    to += length
    // a block ends with literals, never with a match
    if (from === fromEnd) return to === toEnd
    if (fromEnd - from < 2) return false
    const offset: usize = load<u16>(from)
    from += 2
    length = token & 15
    if (length === 15) {
      let byte: usize = 255
      while (byte === 255) {
        if (from >= fromEnd) return false
        byte = load<u8>(from)
        from += 1
        length += byte
      }
    }
    length += 4
    if (offset === 0 || offset > to - start || length > toEnd - to) return false
    copyMatch(offset, to, length)
    to += length
  }
  return false
}

/**
 * Decodes the elements of one raw Snappy block, after its length preamble, of [from, fromEnd) into all of [to, toEnd).
 * False when it does not fit. Snappy: format_description.txt
 */
export function snappy(from: usize, fromEnd: usize, to: usize, toEnd: usize): bool {
  const start = to
  while (from < fromEnd) {
    const tag: usize = load<u8>(from)
    from += 1
    const kind = tag & 3
    let length = (tag >> 2) + 1
    if (kind === 0) {
      if (length > 60) {
        const count = length - 60
        if (fromEnd - from < count) return false
        // four bytes can be read: spare ones lie behind the input
        length = (load<u32>(from) & (u32.MAX_VALUE >> (32 - <u32>count * 8))) + 1
        from += count
        if (length === 0) return false
      }
      if (length > fromEnd - from || length > toEnd - to) return false
      copyApart(from, to, length)
      from += length
      to += length
      continue
    }
    let offset: usize
    if (kind === 1) {
      if (fromEnd - from < 1) return false
      length = ((tag >> 2) & 7) + 4
      offset = ((tag >> 5) << 8) | <usize>load<u8>(from)
      from += 1
    } else if (kind === 2) {
      if (fromEnd - from < 2) return false
      offset = load<u16>(from)
      from += 2
    } else {
      if (fromEnd - from < 4) return false
      offset = load<u32>(from)
      from += 4
    }
    if (offset === 0 || offset > to - start || length > toEnd - to) return false
    copyMatch(offset, to, length)
    to += length
  }
  return to === toEnd
}

/** Copies between ranges that are at least 16 bytes apart, or of which the source lies behind. */
@inline
function copyApart(from: usize, to: usize, length: usize): void {
  const end = to + length
  while (to < end) {
    v128.store(to, v128.load(from))
    from += 16
    to += 16
  }
}

/** Repeats what lies `offset` bytes before `to`, byte after byte, as LZ77 wants it. */
@inline
function copyMatch(offset: usize, to: usize, length: usize): void {
  if (offset < 16) {
    // what repeats every `offset` bytes also repeats in steps of any multiple
    let step = offset
    while (step < 16) step += offset
    const end = to + min(length, step - offset)
    const stop = to + length
    while (to < end) {
      store<u8>(to, load<u8>(to - offset))
      to += 1
    }
    copyApart(to - step, to, stop - to)
  } else {
    copyApart(to - offset, to, length)
  }
}
