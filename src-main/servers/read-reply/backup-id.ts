import { type Reply, textOf } from '../reply-tree.ts'

const NUMBER_MAX = 4_294_967_295n
const numberForm = /^[1-9]\d{0,9}$/
const generalForm = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/
const uuidForm = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/**
 * An id as an opaque text: 1…4294967295 without sign or leading zero, or 1–128 letters, digits, `.`, `_`, `:`, `-` that begin with a
 * letter or digit. Null for anything else. Source: docs/formats/samyama.md §8.1.4.
 */
export function idFromText(text: string): string | null {
  if (/^\d+$/.test(text)) return numberForm.test(text) && BigInt(text) <= NUMBER_MAX ? text : null
  return generalForm.test(text) ? text : null
}

/** The id that an integer or text reply is, else null. */
export function idFromReply(reply: Reply): string | null {
  if (reply.type === 'integer') return idFromText(reply.value.toString())
  const text = textOf(reply)
  return text === null ? null : idFromText(text)
}

export function isNumericId(id: string): boolean {
  return numberForm.test(id)
}

export function isUuid(text: string): boolean {
  return uuidForm.test(text)
}
