import { pick, type Random } from './random.ts'

/**
 * noise: cannot make a checksum right. moves: whole structures come to stand elsewhere, with their checksums.
 * repairs: what was changed gets a right checksum.
 */
export type MutationKind = 'noise' | 'moves' | 'repairs'

export type Mutation = {
  readonly name: string
  readonly kind: MutationKind
  /** @param other another file of the same kind; must not change either, may give back the same length or another */
  apply(bytes: Uint8Array, random: Random, other: Uint8Array): Uint8Array
}

const LOG_BLOCK_BYTES = 32768
const SPECIAL_BYTES = [0, 0xff, 0x7f, 0x80]
const NUMBERS = ['0', '1', '-1', '4294967296', '9007199254740993', '18446744073709551616', '9'.repeat(400), '1e9', '']

export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

function changed(bytes: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = new Uint8Array(bytes)
  if (copy.length > 0) change(copy)
  return copy
}

function replaced(bytes: Uint8Array, start: number, end: number, by: Uint8Array): Uint8Array {
  return concatBytes(bytes.subarray(0, start), by, bytes.subarray(end))
}

/** A range of at most `most` bytes, often a short one. */
function range(bytes: Uint8Array, random: Random, most: number): { start: number; end: number } {
  const start = random(bytes.length + 1)
  const length = random(2) === 0 ? random(17) : random(most + 1)
  return { start, end: Math.min(bytes.length, start + length) }
}

function garbage(length: number, random: Random): Uint8Array {
  return Uint8Array.from({ length }, () => random(256))
}

function flipBits(bytes: Uint8Array, random: Random, count: number): Uint8Array {
  return changed(bytes, (copy) => {
    for (let done = 0; done < count; done += 1) copy[random(copy.length)]! ^= 1 << random(8)
  })
}

/** Changes that keep the length: what a bad disk or a hostile hand does to a field. */
const inPlace: readonly Mutation[] = [
  { name: 'one bit flipped', kind: 'noise', apply: (bytes, random) => flipBits(bytes, random, 1) },
  { name: 'bits flipped', kind: 'noise', apply: (bytes, random) => flipBits(bytes, random, 2 + random(30)) },
  {
    name: 'bytes set',
    kind: 'noise',
    apply: (bytes, random) =>
      changed(bytes, (copy) => {
        const at = random(copy.length)
        copy.fill(pick(SPECIAL_BYTES, random), at, at + 1 + random(16))
      }),
  },
  {
    name: 'field set',
    kind: 'noise',
    apply: (bytes, random) => changed(bytes, (copy) => setField(copy, random)),
  },
  {
    name: 'varint made long',
    kind: 'noise',
    apply: (bytes, random) =>
      changed(bytes, (copy) => {
        const at = random(copy.length)
        copy.fill(0xff, at, at + 4 + random(6))
      }),
  },
]

/** A 4- or 8-byte little-endian field: huge, negative-looking, off by one, or the size of the file. */
function setField(copy: Uint8Array, random: Random): void {
  const width = pick([4, 8], random)
  if (copy.length < width) return
  const view = new DataView(copy.buffer, copy.byteOffset, copy.byteLength)
  const at = random(copy.length - width + 1)
  const old = width === 4 ? BigInt(view.getUint32(at, true)) : view.getBigUint64(at, true)
  const size = BigInt(copy.length)
  const value = pick([0n, 1n, 0x7fffffffn, 0x80000000n, 2n ** 53n, -1n, old + 1n, old - 1n, size, size - 1n], random)
  if (width === 4) view.setUint32(at, Number(BigInt.asUintN(32, value)), true)
  else view.setBigUint64(at, BigInt.asUintN(64, value), true)
}

const resizing: readonly Mutation[] = [
  { name: 'cut off', kind: 'noise', apply: (bytes, random) => bytes.slice(0, random(bytes.length + 1)) },
  {
    name: 'cut near its end',
    kind: 'noise',
    apply: (bytes, random) => bytes.slice(0, Math.max(0, bytes.length - 1 - random(64))),
  },
  {
    name: 'garbage added',
    kind: 'noise',
    apply: (bytes, random) => concatBytes(bytes, garbage(1 + random(200), random)),
  },
  {
    name: 'zeros added',
    kind: 'noise',
    apply: (bytes, random) => concatBytes(bytes, new Uint8Array(pick([1, 6, 7, 64, 40_000], random))),
  },
  {
    name: 'varint inserted',
    kind: 'noise',
    apply: (bytes, random) => {
      const at = random(bytes.length + 1)
      const long = new Uint8Array(1 + random(10)).fill(0xff)
      long[long.length - 1] = random(128)
      return replaced(bytes, at, Math.min(bytes.length, at + random(2)), long)
    },
  },
  {
    name: 'range removed',
    kind: 'moves',
    apply: (bytes, random) => {
      const { start, end } = range(bytes, random, bytes.length)
      return replaced(bytes, start, end, new Uint8Array(0))
    },
  },
]

const moving: readonly Mutation[] = [
  {
    name: 'range copied over',
    kind: 'moves',
    apply: (bytes, random) =>
      changed(bytes, (copy) => {
        const { start, end } = range(copy, random, 4096)
        copy.copyWithin(random(copy.length), start, end)
      }),
  },
  {
    name: 'range doubled',
    kind: 'moves',
    apply: (bytes, random) => {
      const { start, end } = range(bytes, random, 4096)
      return replaced(bytes, end, end, bytes.subarray(start, end))
    },
  },
  {
    name: 'ranges swapped',
    kind: 'moves',
    apply: (bytes, random) =>
      changed(bytes, (copy) => {
        const length = 1 + random(Math.min(2048, copy.length))
        const [from, to] = [random(copy.length - length + 1), random(copy.length - length + 1)]
        copy.set(bytes.subarray(to, to + length), from)
        copy.set(bytes.subarray(from, from + length), to)
      }),
  },
  {
    name: 'range of another file put in',
    kind: 'moves',
    apply: (bytes, random, other) => {
      const from = range(other, random, 8192)
      const at = range(bytes, random, 8192)
      return replaced(bytes, at.start, at.end, other.subarray(from.start, from.end))
    },
  },
  {
    name: 'the end of another file put on',
    kind: 'moves',
    apply: (bytes, random, other) => {
      const at = random(Math.min(bytes.length, other.length) + 1)
      return concatBytes(bytes.subarray(0, at), other.subarray(at))
    },
  },
  {
    name: 'log blocks exchanged',
    kind: 'moves',
    apply: (bytes, random, other) => {
      const from = random(Math.ceil(other.length / LOG_BLOCK_BYTES) + 1) * LOG_BLOCK_BYTES
      const at = random(Math.ceil(bytes.length / LOG_BLOCK_BYTES) + 1) * LOG_BLOCK_BYTES
      return replaced(bytes, at, at + LOG_BLOCK_BYTES, other.subarray(from, from + LOG_BLOCK_BYTES))
    },
  },
]

/** A decimal number of a text becomes another. */
const numberReplaced: Mutation = {
  name: 'number replaced',
  kind: 'noise',
  apply: (bytes, random) => {
    const numbers = [
      ...Buffer.from(bytes)
        .toString('latin1')
        .matchAll(/[0-9]+/g),
    ]
    if (numbers.length === 0) return flipBits(bytes, random, 1)
    const { index, 0: digits } = pick(numbers, random)
    return replaced(bytes, index, index + digits.length, Buffer.from(pick(NUMBERS, random)))
  },
}

/** Changes of a piece whose length must stay. */
export const inPlaceMutations = inPlace
export const textMutations: readonly Mutation[] = [...inPlace, ...resizing, ...moving, numberReplaced, numberReplaced]
export const binaryMutations: readonly Mutation[] = [...inPlace, ...resizing, ...moving]
