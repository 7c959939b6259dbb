import { ReplyDecoder } from '../../../../src-main/servers/connection/reply-decoder.ts'
import type { Reply } from '../../../../src-main/servers/reply-tree.ts'

const CRLF = '\r\n'

/** The bytes of a reply, as a server that speaks RESP3 would send them. */
export function encodeReply(reply: Reply): Buffer {
  return Buffer.from(encode(reply), 'latin1')
}

function encode(reply: Reply): string {
  switch (reply.type) {
    case 'simple':
      return `+${latin1(reply.bytes)}${CRLF}`
    case 'error':
      return `-${latin1(reply.bytes)}${CRLF}`
    case 'bulk':
      return `$${reply.bytes.length}${CRLF}${latin1(reply.bytes)}${CRLF}`
    case 'verbatim':
      return `=${reply.bytes.length + 4}${CRLF}txt:${latin1(reply.bytes)}${CRLF}`
    case 'integer':
      return reply.value >= 2n ** 63n || reply.value < -(2n ** 63n)
        ? `(${reply.value}${CRLF}`
        : `:${reply.value}${CRLF}`
    case 'double':
      return `,${doubleText(reply.value)}${CRLF}`
    case 'boolean':
      return `#${reply.value ? 't' : 'f'}${CRLF}`
    case 'null':
      return `_${CRLF}`
    case 'array':
    case 'set':
      return `${reply.type === 'array' ? '*' : '~'}${reply.items.length}${CRLF}${reply.items.map(encode).join('')}`
    case 'map':
      return `%${reply.entries.length}${CRLF}${reply.entries.flat().map(encode).join('')}`
  }
}

function doubleText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  return Object.is(value, -0) ? '-0' : String(value)
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

/** The one reply that `raw` holds. */
export function parse(raw: string | Uint8Array): Reply {
  const replies = new ReplyDecoder().push(typeof raw === 'string' ? Buffer.from(raw, 'utf8') : raw)
  if (replies.length !== 1) throw new Error(`${replies.length} replies`)
  return replies[0]!.tree
}

/** Values as replies: text → bulk, whole number → integer, array, object → map (flat pairs with `flat`). */
export function replyOf(value: unknown): Reply {
  if (value === null) return { type: 'null' }
  if (typeof value === 'string') return { type: 'bulk', bytes: Buffer.from(value) }
  if (typeof value === 'number') return { type: 'integer', value: BigInt(value) }
  if (typeof value === 'bigint') return { type: 'integer', value }
  if (typeof value === 'boolean') return { type: 'boolean', value }
  if (Array.isArray(value)) return { type: 'array', items: value.map(replyOf) }
  return { type: 'map', entries: Object.entries(value as object).map(([key, each]) => [replyOf(key), replyOf(each)]) }
}

/** An object as the flat array that RESP2 makes of a map. */
export function flat(value: object): unknown[] {
  return Object.entries(value).flat()
}

/** The raw bytes of `replyOf(value)`. */
export function raw(value: unknown): Buffer {
  return encodeReply(replyOf(value))
}
