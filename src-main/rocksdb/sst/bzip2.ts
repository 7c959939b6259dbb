import { Bzip2Symbols } from './bzip2-huffman.ts'
import { Bzip2Error, Bzip2Input } from './bzip2-input.ts'

const BLOCK_MAGIC = 0x314159
const BLOCK_MAGIC_LOW = 0x265359
const END_MAGIC = 0x177245
const END_MAGIC_LOW = 0x385090
const RUN_TRIGGER = 4

const crcTable = new Uint32Array(256)
for (let index = 0; index < 256; index += 1) {
  let word = index << 24
  for (let bit = 0; bit < 8; bit += 1) word = word & 0x8000_0000 ? (word << 1) ^ 0x04c1_1db7 : word << 1
  crcTable[index] = word >>> 0
}

/**
 * Decodes one bzip2 stream into `output`, which must be exactly the decoded size. Memory is bounded by that size and
 * by the stream's block size, work by both lengths. Returns null when it fits, else what is wrong.
 * bzip2 1.0.8: decompress.c
 */
export function decodeBzip2(bytes: Uint8Array, start: number, output: Uint8Array): string | null {
  return problemOf(() => decodeStream(new Bzip2Input(bytes, start), output.length, output))
}

/**
 * Proves that a stream decodes to `sizeBytes`, without the memory for them: what is claimed may be far more than what
 * comes out. Returns null when it does, else what is wrong.
 */
export function checkBzip2Size(bytes: Uint8Array, start: number, sizeBytes: number): string | null {
  return problemOf(() => decodeStream(new Bzip2Input(bytes, start), sizeBytes, null))
}

function problemOf(decode: () => void): string | null {
  try {
    decode()
    return null
  } catch (error) {
    if (error instanceof Bzip2Error) return error.message
    throw error
  }
}

/** @param output null only counts, and compares no checksums */
function decodeStream(input: Bzip2Input, sizeBytes: number, output: Uint8Array | null): void {
  if (input.bits(24) !== 0x425a68) throw new Bzip2Error('stream header is wrong')
  const level = input.bits(8) - 0x30
  if (level < 1 || level > 9) throw new Bzip2Error('block size is wrong')
  // four equal bytes are followed by a run length, so a block holds at most 5/4 of its output
  const transformed = new Uint32Array(Math.min(level * 100_000, Math.ceil((sizeBytes * 5) / 4) + 1))
  let written = 0
  let streamCrc = 0
  while (true) {
    const magic = input.bits(24)
    const magicLow = input.bits(24)
    if (magic === END_MAGIC && magicLow === END_MAGIC_LOW) break
    if (magic !== BLOCK_MAGIC || magicLow !== BLOCK_MAGIC_LOW) throw new Bzip2Error('block header is wrong')
    const blockCrc = input.word()
    const origin = readBlock(input, transformed)
    const end = writeRuns(transformed, origin, { bytes: output, sizeBytes, start: written })
    if (output !== null && crcOf(output.subarray(written, end)) !== blockCrc)
      throw new Bzip2Error('block checksum mismatch')
    written = end
    streamCrc = (((streamCrc << 1) | (streamCrc >>> 31)) ^ blockCrc) >>> 0
  }
  if (input.word() !== streamCrc) throw new Bzip2Error('stream checksum mismatch')
  if (!input.isAtEnd) throw new Bzip2Error('bytes after the stream')
  if (written !== sizeBytes) throw new Bzip2Error('output is shorter than its size')
}

/** Fills `transformed` with the links of the inverse Burrows-Wheeler transform: next position << 8 | byte. */
function readBlock(input: Bzip2Input, transformed: Uint32Array): { pointer: number; count: number } {
  if (input.bits(1) === 1) throw new Bzip2Error('randomised blocks are not supported')
  const pointer = input.bits(24)
  const count = readSymbols(input, transformed)
  if (pointer >= count) throw new Bzip2Error('origin is outside the block')
  const starts = new Uint32Array(257)
  for (let index = 0; index < count; index += 1) {
    const slot = (transformed[index] as number) + 1
    starts[slot] = (starts[slot] as number) + 1
  }
  for (let byte = 1; byte < 257; byte += 1) starts[byte] = (starts[byte] as number) + (starts[byte - 1] as number)
  for (let index = 0; index < count; index += 1) {
    const byte = (transformed[index] as number) & 0xff
    const place = starts[byte] as number
    transformed[place] = (transformed[place] as number) | (index << 8)
    starts[byte] = place + 1
  }
  return { pointer, count }
}

/** Undoes Huffman, zero-run and move-to-front coding; returns the number of bytes. */
function readSymbols(input: Bzip2Input, target: Uint32Array): number {
  const front = readUsedBytes(input)
  const endSymbol = front.length + 1
  const symbols = new Bzip2Symbols(input, front.length + 2)
  let count = 0
  let runLength = 0
  let runUnit = 1
  while (true) {
    const symbol = symbols.next()
    if (symbol < 2) {
      runLength += runUnit * (symbol + 1)
      runUnit *= 2
      if (count + runLength > target.length) throw new Bzip2Error('block is longer than its size')
      continue
    }
    if (runLength > 0) {
      target.fill(front[0] as number, count, count + runLength)
      count += runLength
      runLength = 0
      runUnit = 1
    }
    if (symbol === endSymbol) return count
    if (count === target.length) throw new Bzip2Error('block is longer than its size')
    const rank = symbol - 1
    const byte = front[rank] as number
    front.copyWithin(1, 0, rank)
    front[0] = byte
    target[count] = byte
    count += 1
  }
}

function readUsedBytes(input: Bzip2Input): Uint8Array {
  const groups = input.bits(16)
  const used: number[] = []
  for (let group = 0; group < 16; group += 1) {
    if ((groups & (0x8000 >>> group)) === 0) continue
    const members = input.bits(16)
    for (let member = 0; member < 16; member += 1) {
      if ((members & (0x8000 >>> member)) !== 0) used.push(group * 16 + member)
    }
  }
  if (used.length === 0) throw new Bzip2Error('block uses no bytes')
  return Uint8Array.from(used)
}

type RunOutput = { readonly bytes: Uint8Array | null; readonly sizeBytes: number; readonly start: number }

/** Follows the links and expands runs; returns the end of what was written, or would be. */
function writeRuns(
  links: Uint32Array,
  { pointer, count }: { pointer: number; count: number },
  { bytes, sizeBytes, start }: RunOutput,
): number {
  let to = start
  let link = links[pointer] as number
  let run = 0
  let last = -1
  for (let index = 0; index < count; index += 1) {
    link = links[link >>> 8] as number
    const byte = link & 0xff
    if (run === RUN_TRIGGER) {
      if (to + byte > sizeBytes) throw new Bzip2Error('output is longer than its size')
      bytes?.fill(last, to, to + byte)
      to += byte
      run = 0
      last = -1
      continue
    }
    if (to === sizeBytes) throw new Bzip2Error('output is longer than its size')
    if (bytes !== null) bytes[to] = byte
    to += 1
    run = byte === last ? run + 1 : 1
    last = byte
  }
  return to
}

function crcOf(bytes: Uint8Array): number {
  let crc = 0xffff_ffff
  for (let index = 0; index < bytes.length; index += 1) {
    crc = (crc << 8) ^ (crcTable[((crc >>> 24) ^ (bytes[index] as number)) & 0xff] as number)
  }
  return ~crc >>> 0
}
