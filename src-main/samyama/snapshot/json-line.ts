import { NESTING_MAX } from '../property-reader.ts'

/** A JSON value that keeps what JavaScript's own numbers lose: bigint is an integer, number one with a fraction. */
export type JsonValue = null | boolean | string | bigint | number | JsonValue[] | JsonObject
export type JsonObject = { [name: string]: JsonValue }

/** Above the deepest property value: the record, its properties, and a tagged value with its list. */
const JSON_DEPTH_MAX = NESTING_MAX + 4
const U64_MAX = 2n ** 64n - 1n
const I64_MIN = -(2n ** 63n)
const U64_DIGITS = 20
const QUOTE = 0x22
const BACKSLASH = 0x5c

/** Why a text is no JSON value that can be kept. */
export class JsonLineError extends Error {
  override readonly name = 'JsonLineError'
}

/**
 * Reads one line of a snapshot without loss of numbers (docs/formats/samyama.md §3.1): `2` and `2.0` differ,
 * integers are exact. Of a name given twice the last value stays, as in the engine.
 * @throws JsonLineError
 */
export function parseJsonLine(text: string): JsonValue {
  // JSON.parse calls a reviver from the inside out, on a stack that a hostile line would exhaust
  if (jsonDepth(text) > JSON_DEPTH_MAX) throw new JsonLineError('nested too deep')
  try {
    return JSON.parse(text, reviveNumber) as JsonValue
  } catch (cause) {
    if (cause instanceof JsonLineError) throw cause
    throw new JsonLineError('not valid JSON', { cause })
  }
}

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function reviveNumber(_name: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' ? exactNumber(value, context?.source ?? '') : value
}

function exactNumber(value: number, source: string): bigint | number {
  if (/[.eE]/.test(source) || Object.is(value, -0)) {
    if (!Number.isFinite(value)) throw new JsonLineError('a number beyond 64-bit floats')
    return value
  }
  // a sign and twenty digits: turning a longer text into a bigint would take as long as its author likes
  if (source.length <= U64_DIGITS + 1) {
    const integer = BigInt(source)
    if (integer >= I64_MIN && integer <= U64_MAX) return integer
  }
  throw new JsonLineError('an integer beyond 64 bits')
}

/** The deepest nesting of brackets outside strings; of a text that is no JSON, some number. */
function jsonDepth(text: string): number {
  let depth = 0
  let deepest = 0
  let isInString = false
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index)
    if (isInString) {
      if (code === BACKSLASH) index += 1
      else if (code === QUOTE) isInString = false
    } else if (code === QUOTE) isInString = true
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth)
    else if (code === 0x5d || code === 0x7d) depth -= 1
  }
  return deepest
}
