import { assert } from '#base/assert.ts'
import { ChunkWriter } from './chunk-writer.ts'
import { singleLine } from './error-text.ts'
import type { Reply } from './reply.ts'

/** What a client reads: 2 until it said HELLO 3. */
export type ProtocolVersion = 2 | 3

const int64Min = -(2n ** 63n)
const int64Max = 2n ** 63n - 1n

/**
 * A reply as bytes, in chunks of about 64 KiB, so that a long one is never one piece of memory. In RESP2 a map is a flat
 * array of keys and values, a boolean is an integer, a double is a bulk, a text for people is a bulk.
 * Source: RESP protocol specification, redis.io/docs/latest/develop/reference/protocol-spec.
 */
export function* encodeReply(reply: Reply, protocol: ProtocolVersion): Generator<Uint8Array, void, void> {
  const writer = new ChunkWriter()
  // a stack of its own: the depth of a reply is the depth of what was asked for, not of our call stack
  const open: Iterator<Reply>[] = [[reply].values()]
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const next = top.next()
    if (next.done === true) {
      open.pop()
      continue
    }
    const nested = writeHead(writer, next.value, protocol)
    if (nested !== null) open.push(nested)
    yield* writer.takeFull()
  }
  yield* writer.takeRest()
}

/** Writes a value, or the head of one that holds others and gives those. */
function writeHead(writer: ChunkWriter, reply: Reply, protocol: ProtocolVersion): Iterator<Reply> | null {
  switch (reply.kind) {
    case 'array':
      writer.ascii(`*${reply.items.length}\r\n`)
      return reply.items.values()
    case 'map':
      writer.ascii(protocol === 3 ? `%${reply.entries.length}\r\n` : `*${reply.entries.length * 2}\r\n`)
      return keysAndValues(reply.entries)
    case 'simple':
      writeLine(writer, '+', reply.text)
      return null
    case 'error':
      writeLine(writer, '-', `${reply.code} ${reply.message}`)
      return null
    case 'bulk':
      writeBulk(writer, typeof reply.value === 'string' ? Buffer.from(reply.value, 'utf8') : reply.value)
      return null
    case 'verbatim':
      writeVerbatim(writer, Buffer.from(reply.text, 'utf8'), protocol)
      return null
    case 'integer':
      writeInteger(writer, reply.value, protocol)
      return null
    case 'null':
      writer.ascii(protocol === 3 ? '_\r\n' : '$-1\r\n')
      return null
    case 'double':
      writeDouble(writer, reply.value, protocol)
      return null
    case 'boolean':
      writer.ascii(protocol === 3 ? `#${reply.value ? 't' : 'f'}\r\n` : `:${reply.value ? 1 : 0}\r\n`)
      return null
  }
}

function* keysAndValues(entries: readonly (readonly [Reply, Reply])[]): Generator<Reply, void, void> {
  for (const [key, value] of entries) {
    yield key
    yield value
  }
}

function writeLine(writer: ChunkWriter, mark: '+' | '-', text: string): void {
  writer.ascii(mark)
  writer.bytes(Buffer.from(singleLine(text), 'utf8'))
  writer.ascii('\r\n')
}

function writeBulk(writer: ChunkWriter, value: Uint8Array): void {
  writer.ascii(`$${value.length}\r\n`)
  writer.bytes(value)
  writer.ascii('\r\n')
}

function writeVerbatim(writer: ChunkWriter, value: Uint8Array, protocol: ProtocolVersion): void {
  if (protocol === 2) {
    writeBulk(writer, value)
    return
  }
  writer.ascii(`=${value.length + 4}\r\ntxt:`)
  writer.bytes(value)
  writer.ascii('\r\n')
}

function writeInteger(writer: ChunkWriter, value: number | bigint, protocol: ProtocolVersion): void {
  assert(typeof value === 'bigint' || Number.isSafeInteger(value), 'an integer reply is exact')
  const isInt64 = typeof value === 'number' || (value >= int64Min && value <= int64Max)
  if (isInt64) writer.ascii(`:${value}\r\n`)
  else if (protocol === 3) writer.ascii(`(${value}\r\n`)
  else writeBulk(writer, Buffer.from(`${value}`, 'latin1'))
}

function writeDouble(writer: ChunkWriter, value: number, protocol: ProtocolVersion): void {
  const text = doubleText(value)
  if (protocol === 3) writer.ascii(`,${text}\r\n`)
  else writeBulk(writer, Buffer.from(text, 'latin1'))
}

function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  return Object.is(value, -0) ? '-0' : String(value)
}
