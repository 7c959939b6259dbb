import { asBuffer } from '#base/bytes.ts'

/** A server's reply as it was sent, before anyone says what it means. Text stays bytes: it need not be UTF-8. */
export type Reply =
  | { readonly type: 'simple' | 'bulk' | 'verbatim' | 'error'; readonly bytes: Uint8Array }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'double'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'null' }
  | { readonly type: 'array' | 'set'; readonly items: readonly Reply[] }
  | { readonly type: 'map'; readonly entries: readonly (readonly [Reply, Reply])[] }

/** One whole reply with the bytes it was read from. */
export type ReceivedReply = { readonly tree: Reply; readonly rawBytes: Uint8Array }

/** The text of a simple, bulk or verbatim string (UTF-8, with replacement), else null. Errors are not text. */
export function textOf(reply: Reply): string | null {
  return isText(reply) ? asBuffer(reply.bytes).toString('utf8') : null
}

/** Whether it is a simple, bulk or verbatim string. */
export function isText(reply: Reply): reply is Extract<Reply, { bytes: Uint8Array }> {
  return reply.type === 'simple' || reply.type === 'bulk' || reply.type === 'verbatim'
}

/** The text of an error reply, else null. */
export function errorTextOf(reply: Reply): string | null {
  return reply.type === 'error' ? asBuffer(reply.bytes).toString('utf8') : null
}

/** The elements of an array or set, else null. */
export function itemsOf(reply: Reply): readonly Reply[] | null {
  return reply.type === 'array' || reply.type === 'set' ? reply.items : null
}

/** A bulk string of `text`. */
export function bulkOf(text: string): Reply {
  return { type: 'bulk', bytes: Buffer.from(text, 'utf8') }
}
