import { expect, test } from 'vitest'
import { fullRequestLimits, loginRequestLimits } from '../../../src-main/resp/request-limits.ts'
import { caseRandom, pick, type Random } from '../../support/fuzz/random.ts'
import { cut, decodePieces, frame } from './decoding.ts'
import { decodePlainly } from './reference-decoder.ts'

const frameCount = 60_000
const framesAStream = 3
const seed = Number(process.env.LIFEBOAT_FUZZ_SEED ?? 20260304)
const lengths = ['0', '1', '-1', '-2', '2', '1048576', '1048577', '67108864', '67108865', '2147483648', '4294967296']
const hugeLengths = [
  '9007199254740993',
  '9223372036854775807',
  '18446744073709551616',
  '9'.repeat(400),
  '1e9',
  '',
  ' 1',
  '+1',
]
const limitsOfCases = [
  fullRequestLimits,
  loginRequestLimits,
  { ...fullRequestLimits, argumentsMax: 4, bulkBytesMax: 20, inlineBytesMax: 30 },
]

function bytesOf(random: Random, most: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: random(most) }, () => random(256)))
}

function validFrame(random: Random): Buffer {
  if (random(4) === 0) return Buffer.from(`ECHO ${pick(['a', '"b c"', "'d'", '"\\x41"'], random)}\r\n`)
  return frame(Array.from({ length: 1 + random(5) }, () => bytesOf(random, 24)))
}

function replaced(bytes: Buffer, start: number, end: number, by: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, start), by, bytes.subarray(end)])
}

const mutations: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
  (bytes) => bytes,
  (bytes, random) => {
    const copy = Buffer.from(bytes)
    copy[random(copy.length)]! ^= 1 << random(8)
    return copy
  },
  (bytes, random) => bytes.subarray(0, random(bytes.length)),
  (bytes, random) => {
    const at = random(bytes.length)
    return replaced(bytes, at, at, bytesOf(random, 8))
  },
  (bytes, random) => {
    const at = random(bytes.length)
    return replaced(bytes, at, at + 1 + random(6), Buffer.alloc(0))
  },
  (bytes, random) => {
    const length = pick([...lengths, ...hugeLengths], random)
    return Buffer.from(bytes.toString('latin1').replace(/([*$])\d+/, `$1${length}`), 'latin1')
  },
  (bytes, random) =>
    Buffer.from(
      bytes.toString('latin1').replace(/\$\d+/g, () => `$${pick(lengths, random)}`),
      'latin1',
    ),
  (bytes, random) => Buffer.concat([Buffer.from('*2\r\n'.repeat(1 + random(20))), bytes]),
  (_bytes, random) => bytesOf(random, 120),
  (bytes, random) =>
    Buffer.from(bytes.toString('latin1').replaceAll('\r\n', pick(['\n', '\r', '\n\r', '\r\r\n'], random))),
]

test(`${frameCount} frames, most of them broken (seed ${seed}), are understood as plainly written rules understand them`, {
  timeout: 120_000,
}, () => {
  const before = process.memoryUsage().arrayBuffers
  const ends = { incomplete: 0, 'protocol-error': 0 }
  let commandCount = 0
  let peakBytes = 0
  for (let index = 0; index < frameCount / framesAStream; index += 1) {
    const random = caseRandom(seed, 'resp', index)
    const frames = Array.from({ length: framesAStream }, () => pick(mutations, random)(validFrame(random), random))
    const bytes = Buffer.concat(frames)
    const limits = pick(limitsOfCases, random)
    const pieces = cut(
      bytes,
      Array.from({ length: random(6) }, () => random(bytes.length + 1)),
    )
    const expected = decodePlainly(bytes, limits)
    const found = decodePieces(pieces, limits)
    expect(found, `seed ${seed}, case ${index}: ${JSON.stringify(bytes.toString('latin1'))}`).toEqual(expected)
    ends[found.end] += 1
    commandCount += found.commands.length
    if (index % 100 === 0) peakBytes = Math.max(peakBytes, process.memoryUsage().arrayBuffers - before)
  }
  expect(peakBytes).toBeLessThan(128 * 1024 * 1024)
  // the frames reach both ends, and many of them are commands
  expect(Math.min(ends.incomplete, ends['protocol-error'])).toBeGreaterThan(2000)
  expect(commandCount).toBeGreaterThan(10_000)
})
