import { GrowingBytes } from './growing-bytes.ts'
import { splitInline } from './inline-arguments.ts'
import { InputQueue } from './input-queue.ts'
import { argumentOverheadBytes, fullRequestLimits, type RequestLimits } from './request-limits.ts'

/** What the input says next. After a protocol error nothing more can be understood. */
export type Decoded =
  | { readonly kind: 'command'; readonly args: readonly Uint8Array[] }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'protocol-error'; readonly message: string }

const incomplete: Decoded = { kind: 'incomplete' }

const asterisk = 0x2a
const dollar = 0x24
const carriageReturn = 0x0d
const lineFeed = 0x0a
const minus = 0x2d
const zero = 0x30
/** of a 64-bit number */
const digitsMax = 19
/** copied, so that a short argument does not keep the large piece it came in */
const copiedBytesMax = 16 * 1024
/** `*` or `$`, a sign, 19 digits, CR: nothing valid is longer */
const lengthLineBytesMax = 24

type Line =
  | { readonly kind: 'line'; readonly bytes: Uint8Array }
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'too-long' }

type ArrayCommand = { readonly args: Uint8Array[]; readonly count: number; bytes: number }

/**
 * Bytes of a client to commands, one at a time, split anywhere. Takes RESP arrays of bulks and lines (inline commands).
 * Every length is compared with the limits before memory is taken, memory follows what has come, and each byte is
 * looked at a bounded number of times. Nothing is read from a socket here.
 * Source: RESP protocol specification, "Sending commands to a Redis server" and "Inline commands".
 */
export class RequestDecoder {
  #limits: RequestLimits
  readonly #input = new InputQueue()
  /** the beginning of a line whose end has not come */
  #line: GrowingBytes | null = null
  #command: ArrayCommand | null = null
  /** the argument that is being received, or null between arguments */
  #bulkBytes: number | null = null
  #bulk: GrowingBytes | null = null
  #failure: Decoded | null = null

  constructor(limits: RequestLimits = fullRequestLimits) {
    this.#limits = limits
  }

  /** From the next length on. */
  setLimits(limits: RequestLimits): void {
    this.#limits = limits
  }

  push(piece: Uint8Array): void {
    if (this.#failure === null) this.#input.push(piece)
  }

  /** Bytes received of which nothing is known yet. */
  get waitingBytes(): number {
    return this.#input.length
  }

  /** Memory held for the client: what waits, and the command that is not complete. */
  get heldBytes(): number {
    return this.#input.length + (this.#command?.bytes ?? 0) + (this.#bulk?.length ?? 0) + (this.#line?.length ?? 0)
  }

  /** A command was begun, and its end has not come. */
  get isInsideCommand(): boolean {
    return this.#command !== null || this.#line !== null
  }

  /** The next command, if all of it has come. Empty commands are none. */
  next(): Decoded {
    while (this.#failure === null) {
      const decoded = this.#command === null ? this.#begin() : this.#nextArgument(this.#command)
      if (decoded !== null) return decoded
    }
    return this.#failure
  }

  /** @returns null when it is not decided yet and there may be more input */
  #begin(): Decoded | null {
    const isArray = this.#line === null ? this.#input.peek() === asterisk : this.#line.first === asterisk
    return isArray ? this.#beginArray() : this.#inlineCommand()
  }

  #beginArray(): Decoded | null {
    const line = this.#readLine(lengthLineBytesMax)
    if (line.kind === 'incomplete') return incomplete
    const count = line.kind === 'line' ? parseLength(line.bytes) : null
    if (count === null || count > this.#limits.argumentsMax) {
      const isTooMany = count !== null && !this.#limits.isLoggedIn
      return this.#fail(isTooMany ? 'unauthenticated multibulk length' : 'invalid multibulk length')
    }
    if (count > 0) this.#command = { args: [], count, bytes: 0 }
    return null
  }

  #nextArgument(command: ArrayCommand): Decoded | null {
    if (this.#bulkBytes === null) return this.#beginBulk(command)
    const bulk = this.#readBulk(this.#bulkBytes)
    if (bulk === 'incomplete') return incomplete
    if (bulk === 'unended') return this.#fail('expected CRLF after the bulk')
    this.#bulkBytes = null
    command.args.push(bulk)
    command.bytes += bulk.length + argumentOverheadBytes
    if (command.args.length < command.count) return null
    this.#command = null
    return { kind: 'command', args: command.args }
  }

  #beginBulk(command: ArrayCommand): Decoded | null {
    const first = this.#line === null ? this.#input.peek() : dollar
    if (first === undefined) return incomplete
    if (first !== dollar) return this.#fail(`expected '$', got '${String.fromCharCode(first)}'`)
    const line = this.#readLine(lengthLineBytesMax)
    if (line.kind === 'incomplete') return incomplete
    const length = line.kind === 'line' ? parseLength(line.bytes) : null
    if (length === null || length < 0 || length > this.#limits.bulkBytesMax) {
      const isTooLong = length !== null && length >= 0 && !this.#limits.isLoggedIn
      return this.#fail(isTooLong ? 'unauthenticated bulk length' : 'invalid bulk length')
    }
    if (command.bytes + length + argumentOverheadBytes > this.#limits.commandBytesMax) {
      return this.#fail('too big command')
    }
    this.#bulkBytes = length
    return null
  }

  #inlineCommand(): Decoded | null {
    const line = this.#readLine(this.#limits.inlineBytesMax)
    if (line.kind === 'incomplete') return incomplete
    if (line.kind === 'too-long') return this.#fail('too big inline request')
    const end = line.bytes.at(-1) === carriageReturn ? line.bytes.length - 1 : line.bytes.length
    const args = splitInline(line.bytes.subarray(0, end))
    if (args === null) return this.#fail('unbalanced quotes in request')
    if (args.length > this.#limits.argumentsMax) return this.#fail('unauthenticated multibulk length')
    return args.length === 0 ? null : { kind: 'command', args }
  }

  /** Up to the next line feed, without it. @param bytesMax without the line feed */
  #readLine(bytesMax: number): Line {
    for (let front = this.#input.front(); front.length > 0; front = this.#input.front()) {
      const known = this.#line?.length ?? 0
      const found = front.subarray(0, bytesMax - known + 1).indexOf(lineFeed)
      if (found < 0 && known + front.length > bytesMax) return { kind: 'too-long' }
      const part = front.subarray(0, found < 0 ? front.length : found)
      if (found >= 0 && this.#line === null) {
        this.#input.skip(found + 1)
        return { kind: 'line', bytes: part }
      }
      this.#line ??= new GrowingBytes(bytesMax)
      this.#line.append(part)
      this.#input.skip(found < 0 ? front.length : found + 1)
      if (found < 0) continue
      const bytes = this.#line.take()
      this.#line = null
      return { kind: 'line', bytes }
    }
    return { kind: 'incomplete' }
  }

  /** @param length without the CRLF behind it */
  #readBulk(length: number): Uint8Array | 'incomplete' | 'unended' {
    const front = this.#input.front()
    if (this.#bulk === null && front.length >= length + 2) {
      if (!endsWithCrlf(front, length)) return 'unended'
      this.#input.skip(length + 2)
      return ownBytes(front, length)
    }
    this.#bulk ??= new GrowingBytes(length + 2)
    for (let piece = front; piece.length > 0; piece = this.#input.front()) {
      const part = piece.subarray(0, length + 2 - this.#bulk.length)
      this.#bulk.append(part)
      this.#input.skip(part.length)
      if (this.#bulk.length < length + 2) continue
      const bytes = this.#bulk.take()
      this.#bulk = null
      return endsWithCrlf(bytes, length) ? ownBytes(bytes, length) : 'unended'
    }
    return 'incomplete'
  }

  #fail(message: string): Decoded {
    this.#failure = { kind: 'protocol-error', message: `Protocol error: ${message}` }
    this.#input.clear()
    this.#command = null
    this.#line = null
    this.#bulk = null
    return this.#failure
  }
}

function endsWithCrlf(bytes: Uint8Array, length: number): boolean {
  return bytes[length] === carriageReturn && bytes[length + 1] === lineFeed
}

function ownBytes(bytes: Uint8Array, length: number): Uint8Array {
  const part = new Uint8Array(bytes.buffer, bytes.byteOffset, length)
  return length <= copiedBytesMax ? new Uint8Array(part) : part
}

/** The number of `*3\r` or `$-1\r`: no plus, no leading zero. What no number holds exactly is beyond every limit. */
function parseLength(line: Uint8Array): number | null {
  const isNegative = line[1] === minus
  const start = isNegative ? 2 : 1
  const end = line.length - 1
  if (end <= start || end - start > digitsMax || line[end] !== carriageReturn) return null
  if (line[start] === zero && (isNegative || end - start > 1)) return null
  let value = 0
  for (let at = start; at < end; at += 1) {
    const digit = (line[at] ?? 0) - zero
    if (digit < 0 || digit > 9) return null
    value = value * 10 + digit
  }
  return isNegative ? -value : value
}
