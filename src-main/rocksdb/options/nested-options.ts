import { trimmed } from './option-text.ts'

const OPEN = '{'
const CLOSE = '}'
const SEPARATOR = ';'

/**
 * The options inside a value such as `{a=b;c={d=e;};}`, one level: a nested value keeps its braces and can be given
 * in again. Null for text that is no list of options.
 * RocksDB: options/options_helper.cc StringToMap
 */
export function parseNestedOptions(value: string): ReadonlyMap<string, string> | null {
  const text = trimmed(value)
  if (!text.startsWith(OPEN) || !text.endsWith(CLOSE)) return null
  const options = new Map<string, string>()
  const end = text.length - 1
  let at = 1
  while (at < end) {
    const next = endOfOption(text, at, end)
    if (next === null) return null
    const option = trimmed(text.slice(at, next))
    at = next + 1
    if (option === '' && next === end) break
    const equals = option.indexOf('=')
    const name = trimmed(option.slice(0, Math.max(0, equals)))
    if (name === '') return null
    if (!options.has(name)) options.set(name, trimmed(option.slice(equals + 1)))
  }
  return options
}

/**
 * What a value of a pluggable object names: `leveldb.BytewiseComparator`, or the id in `{id=…;…}`. Null without an
 * object. RocksDB: options/customizable.cc
 */
export function objectName(value: string | undefined): string | null {
  if (value === undefined || value === '' || value === 'nullptr') return null
  const name = value.startsWith(OPEN) ? (parseNestedOptions(value)?.get('id') ?? value) : value
  return name === 'nullptr' ? null : name
}

/** Where the separator after the option at `start` stands; null when braces do not match. */
function endOfOption(text: string, start: number, end: number): number | null {
  let depth = 0
  for (let at = start; at < end; at += 1) {
    const character = text[at]
    if (character === OPEN) depth += 1
    else if (character === CLOSE) depth -= 1
    else if (character === SEPARATOR && depth === 0) return at
    if (depth < 0) return null
  }
  return depth === 0 ? end : null
}
