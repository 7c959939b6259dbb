import { assert } from '#base/assert.ts'

/** What a key of the column families `nodes` and `edges` says. */
export type RowKey = { readonly tenant: string; readonly type: 'node' | 'edge'; readonly id: bigint }

const ID_DIGITS = 16
const MARK_BYTES = 3
const COLON = 0x3a
const N = 0x6e
const E = 0x65

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads `<tenant>:n:<16 hex>` or `<tenant>:e:<16 hex>`, from the right because a tenant may hold colons; null
 * for any other key. Follows docs/formats/samyama.md §1.3.
 */
export function parseRowKey(key: Uint8Array): RowKey | null {
  const markAt = key.byteLength - ID_DIGITS - MARK_BYTES
  if (markAt < 0 || key[markAt] !== COLON || key[markAt + 2] !== COLON) return null
  const letter = key[markAt + 1]
  if (letter !== N && letter !== E) return null
  const id = parseHexId(key.subarray(markAt + MARK_BYTES))
  if (id === null) return null
  try {
    return { tenant: utf8.decode(key.subarray(0, markAt)), type: letter === N ? 'node' : 'edge', id }
  } catch {
    return null
  }
}

/** The key under which the engine keeps a row. */
export function encodeRowKey(key: RowKey): Uint8Array {
  assert(key.id === BigInt.asUintN(64, key.id), 'an id is a u64')
  const digits = key.id.toString(16).padStart(ID_DIGITS, '0')
  return new TextEncoder().encode(`${key.tenant}:${key.type === 'node' ? 'n' : 'e'}:${digits}`)
}

/** Lower-case digits alone: the engine writes no others, so others are another key. */
function parseHexId(digits: Uint8Array): bigint | null {
  let high = 0
  let low = 0
  for (let index = 0; index < ID_DIGITS; index += 1) {
    const digit = hexDigit(digits[index] ?? 0)
    if (digit < 0) return null
    if (index < ID_DIGITS / 2) high = high * 16 + digit
    else low = low * 16 + digit
  }
  return (BigInt(high) << 32n) | BigInt(low)
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  if (code >= 0x61 && code <= 0x66) return code - 0x61 + 10
  return -1
}
