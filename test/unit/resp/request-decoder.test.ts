import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { RequestDecoder } from '../../../src-main/resp/request-decoder.ts'
import { fullRequestLimits, loginRequestLimits } from '../../../src-main/resp/request-limits.ts'
import { cut, decodePieces, frame } from './decoding.ts'

const words = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 8 })

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

function failureOf(input: string | Uint8Array, limits = fullRequestLimits): string | null {
  const decoder = new RequestDecoder(limits)
  decoder.push(typeof input === 'string' ? Buffer.from(input, 'latin1') : input)
  for (;;) {
    const decoded = decoder.next()
    if (decoded.kind === 'protocol-error') return decoded.message
    if (decoded.kind === 'incomplete') return null
  }
}

/** What is copied with `set` while `run` runs. */
function countMovedBytes(run: () => void): number {
  const prototype: { set: Uint8Array['set'] } = Object.getPrototypeOf(Uint8Array.prototype)
  const original = prototype.set
  let bytes = 0
  prototype.set = function (this: Uint8Array, source: ArrayLike<number>, offset?: number) {
    bytes += source.length
    original.call(this, source, offset)
  }
  try {
    run()
  } finally {
    prototype.set = original
  }
  return bytes
}

describe('commands as arrays', () => {
  test('any commands come out as they went in, however they are cut', { timeout: 30_000 }, () => {
    const property = fc.property(fc.array(words, { maxLength: 6 }), fc.array(fc.nat()), (commands, places) => {
      const bytes = Buffer.concat(commands.map(frame))
      const expected = commands.map((command) => command.map(latin1))
      expect(decodePieces(cut(bytes, places))).toEqual({ commands: expected, end: 'incomplete' })
    })
    fc.assert(property, { numRuns: 1000 })
  })

  test('commands that wait in pieces of any size come out as they went in', { timeout: 30_000 }, () => {
    const large = fc.array(fc.integer({ min: 0, max: 9000 }), { minLength: 1, maxLength: 4 })
    const property = fc.property(fc.array(large, { maxLength: 8 }), fc.infiniteStream(fc.nat(5000)), (sizes, steps) => {
      const commands = sizes.map((lengths) => lengths.map((length, index) => Buffer.alloc(length, `${index}abcdefg`)))
      const bytes = Buffer.concat(commands.map(frame))
      const decoder = new RequestDecoder()
      const found: string[][] = []
      for (let at = 0; at < bytes.length; ) {
        const step = steps.next().value ?? 1
        // a third of the pieces are short, and commands are asked for now and then
        const length = step % 3 === 0 ? 1 + (step % 30) : 1 + step
        decoder.push(bytes.subarray(at, at + length))
        at += length
        for (let left = step % 4; left > 0; left -= 1) {
          const decoded = decoder.next()
          if (decoded.kind === 'command') found.push(decoded.args.map(latin1))
        }
      }
      for (let decoded = decoder.next(); decoded.kind === 'command'; decoded = decoder.next()) {
        found.push(decoded.args.map(latin1))
      }
      expect(found).toEqual(commands.map((command) => command.map(latin1)))
      expect(decoder.heldBytes).toBe(0)
    })
    fc.assert(property, { numRuns: 300 })
  })

  test('hundreds of pieces that wait come out as they went in', () => {
    const decoder = new RequestDecoder()
    const commands = Array.from({ length: 500 }, (_, index) => [`${index}`, `${index % 10}`.repeat(3000)])
    for (const command of commands) decoder.push(frame(command))
    const found: string[][] = []
    for (let decoded = decoder.next(); decoded.kind === 'command'; decoded = decoder.next()) {
      found.push(decoded.args.map(latin1))
    }
    expect(found).toEqual(commands)
  })

  test('two commands cut at every byte, and into single bytes, are the same two commands', () => {
    const bytes = Buffer.concat([frame(['SET', '\r\n$3\r\n*1\r\n', '']), frame(['PING'])])
    const expected = { commands: [['SET', '\r\n$3\r\n*1\r\n', ''], ['PING']], end: 'incomplete' }
    for (let place = 0; place <= bytes.length; place += 1) expect(decodePieces(cut(bytes, [place]))).toEqual(expected)
    expect(decodePieces([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(expected)
  })

  test('a command that is not complete is none', () => {
    const bytes = frame(['ADMIN.BACKUP', 'DELETE', '12'])
    for (let length = 0; length < bytes.length; length += 1) {
      expect(decodePieces([bytes.subarray(0, length)])).toEqual({ commands: [], end: 'incomplete' })
    }
  })

  test('empty and null arrays are no commands', () => {
    const bytes = Buffer.from('*0\r\n*-1\r\n*1\r\n$4\r\nPING\r\n')
    expect(decodePieces([bytes])).toEqual({ commands: [['PING']], end: 'incomplete' })
  })

  test('a large argument that comes in pieces is whole', () => {
    const argument = Buffer.alloc(3_000_000, 'abcdefg')
    const bytes = frame(['SET', argument])
    const pieces = Array.from({ length: Math.ceil(bytes.length / 65536) }, (_, index) =>
      bytes.subarray(index * 65536, (index + 1) * 65536),
    )
    expect(decodePieces(pieces)).toEqual({ commands: [['SET', argument.toString()]], end: 'incomplete' })
  })

  test.each([
    ['*a\r\n', 'Protocol error: invalid multibulk length'],
    ['*01\r\n', 'Protocol error: invalid multibulk length'],
    ['*+1\r\n', 'Protocol error: invalid multibulk length'],
    ['*1\n', 'Protocol error: invalid multibulk length'],
    ['*1048577\r\n', 'Protocol error: invalid multibulk length'],
    ['*99999999999999999999\r\n', 'Protocol error: invalid multibulk length'],
    [`*${'1'.repeat(100)}`, 'Protocol error: invalid multibulk length'],
    ['*1\r\n:4\r\n', "Protocol error: expected '$', got ':'"],
    ['*1\r\n*1\r\n', "Protocol error: expected '$', got '*'"],
    ['*1\r\n$-1\r\n', 'Protocol error: invalid bulk length'],
    ['*1\r\n$67108865\r\n', 'Protocol error: invalid bulk length'],
    ['*1\r\n$4\r\nPINGXX', 'Protocol error: expected CRLF after the bulk'],
  ])('%j is refused', (input, message) => {
    expect(failureOf(input)).toBe(message)
    expect(decodePieces([...Buffer.from(input)].map((byte) => Uint8Array.of(byte)))).toEqual({
      commands: [],
      end: 'protocol-error',
    })
  })

  test('the largest array and the largest argument are not refused', () => {
    expect(failureOf('*1048576\r\n')).toBeNull()
    expect(failureOf('*1\r\n$67108864\r\n')).toBeNull()
  })

  test('all arguments of one command together are bounded', () => {
    const limits = { ...fullRequestLimits, commandBytesMax: 1000 }
    expect(failureOf(frame(['a'.repeat(400), 'b'.repeat(400)]), limits)).toBeNull()
    expect(failureOf(frame(['a'.repeat(400), 'b'.repeat(450)]), limits)).toBe('Protocol error: too big command')
  })

  test('after a protocol error nothing is a command', () => {
    const decoder = new RequestDecoder()
    decoder.push(Buffer.from('*x\r\n'))
    expect(decoder.next().kind).toBe('protocol-error')
    decoder.push(frame(['PING']))
    expect([decoder.next().kind, decoder.heldBytes]).toEqual(['protocol-error', 0])
  })
})

describe('before a login', () => {
  test.each([
    ['*11\r\n', 'Protocol error: unauthenticated multibulk length'],
    ['*1\r\n$16385\r\n', 'Protocol error: unauthenticated bulk length'],
    ['*10\r\n$16384\r\n', null],
    ['a b c d e f g h i j k\r\n', 'Protocol error: unauthenticated multibulk length'],
  ])('%j gives %j', (input, message) => {
    expect(failureOf(input, loginRequestLimits)).toBe(message)
  })

  test('the next command after a login may be large', () => {
    const decoder = new RequestDecoder(loginRequestLimits)
    decoder.push(Buffer.concat([frame(['AUTH', 'secret']), frame(Array.from({ length: 20 }, () => 'x'))]))
    expect(decoder.next().kind).toBe('command')
    decoder.setLimits(fullRequestLimits)
    expect(decoder.next().kind).toBe('command')
  })
})

describe('commands as lines', () => {
  test.each<[string, string[][]]>([
    ['PING\r\n', [['PING']]],
    ['PING\n', [['PING']]],
    ['\r\n\n  \t\r\n', []],
    ['  ECHO   a\tb  \r\n', [['ECHO', 'a', 'b']]],
    ['ECHO "a b" \'c d\'\r\n', [['ECHO', 'a b', 'c d']]],
    ['ECHO "\\x41\\n\\r\\t\\b\\a\\"\\\\\\q\\xzz"\r\n', [['ECHO', 'A\n\r\t\b\x07"\\qxzz']]],
    ["ECHO 'it\\'s \\n'\r\n", [['ECHO', "it's \\n"]]],
    ['ECHO "" \'\'\r\n', [['ECHO', '', '']]],
    ['ECHO a"b c"\r\n', [['ECHO', 'ab c']]],
    ['PING\r\n*1\r\n$4\r\nPING\r\nQUIT\r\n', [['PING'], ['PING'], ['QUIT']]],
  ])('%j', (input, commands) => {
    expect(decodePieces([Buffer.from(input, 'latin1')])).toEqual({ commands, end: 'incomplete' })
    const bytes = [...Buffer.from(input, 'latin1')].map((byte) => Uint8Array.of(byte))
    expect(decodePieces(bytes)).toEqual({ commands, end: 'incomplete' })
  })

  test.each(['ECHO "a\r\n', "ECHO 'a\r\n", 'ECHO "a"b\r\n', "ECHO 'a'b\r\n", 'ECHO "a\\"\r\n'])(
    '%j is refused',
    (input) => {
      expect(failureOf(input)).toBe('Protocol error: unbalanced quotes in request')
    },
  )

  test('a line may have 64 KiB and no byte more', () => {
    const longest = `${'a'.repeat(64 * 1024)}\n`
    expect(decodePieces([Buffer.from(longest)])).toEqual({ commands: [['a'.repeat(64 * 1024)]], end: 'incomplete' })
    expect(failureOf(`a${longest}`)).toBe('Protocol error: too big inline request')
    expect(failureOf('a'.repeat(64 * 1024 + 1))).toBe('Protocol error: too big inline request')
  })
})

describe('what is held', () => {
  test('a line of 32,000 words takes the memory of a line', () => {
    const line = Buffer.from(`${'a '.repeat(32_000)}\n`)
    const lengths: number[] = []
    const original = globalThis.Uint8Array
    globalThis.Uint8Array = new Proxy(original, {
      construct(target, args, newTarget) {
        if (typeof args[0] === 'number') lengths.push(args[0])
        return Reflect.construct(target, args, newTarget)
      },
    })
    try {
      expect(decodePieces([line]).commands[0]!.length).toBe(32_000)
    } finally {
      globalThis.Uint8Array = original
    }
    expect(lengths.reduce((sum, length) => sum + length, 0)).toBeLessThan(2 * line.length)
  })

  test('announced lengths take no memory', () => {
    const before = process.memoryUsage().arrayBuffers
    const decoders = Array.from({ length: 1000 }, () => {
      const decoder = new RequestDecoder()
      decoder.push(Buffer.from('*1048576\r\n$67108864\r\nabc'))
      decoder.next()
      return decoder
    })
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024)
    expect(decoders.map((decoder) => decoder.heldBytes)).toEqual(decoders.map(() => 3))
  })

  test('single bytes take the memory of bytes, while they wait', { timeout: 30_000 }, () => {
    const count = 200_000
    const decoder = new RequestDecoder()
    const before = process.memoryUsage().arrayBuffers
    for (let index = 0; index < count; index += 1) decoder.push(new Uint8Array(1).fill(0x61))
    expect(decoder.heldBytes).toBe(count)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(8 * 1024 * 1024)
    expect(decoder.next()).toEqual({ kind: 'protocol-error', message: 'Protocol error: too big inline request' })
  })

  test('an argument that comes byte by byte is moved a few times, not once for each byte', { timeout: 30_000 }, () => {
    const bytes = frame(['SET', Buffer.alloc(300_000, 'x')])
    const decoder = new RequestDecoder()
    const movedBytes = countMovedBytes(() => {
      for (let index = 0; index < bytes.length; index += 1) {
        decoder.push(bytes.subarray(index, index + 1))
        decoder.next()
      }
    })
    expect(movedBytes).toBeGreaterThan(bytes.length)
    expect(movedBytes).toBeLessThan(4 * bytes.length)
  })

  test('a command is begun with its first byte and over with its last', () => {
    const decoder = new RequestDecoder()
    const seen: boolean[] = []
    for (const byte of frame(['PING'])) {
      decoder.push(Uint8Array.of(byte))
      const isCommand = decoder.next().kind === 'command'
      seen.push(decoder.isInsideCommand, isCommand)
    }
    const last = seen.splice(-2)
    expect(seen).toEqual(Array.from({ length: 13 }, () => [true, false]).flat())
    expect(last).toEqual([false, true])
  })
})
