import type { PropertyValue } from './property-value.ts'

/**
 * A float as the engine prints it alone: no exponent, no point where there is no fraction. `2.5`, `3`, `inf`.
 */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0'
  const text = String(value)
  return text.includes('e') ? withoutExponent(text) : text
}

/** `1.5e-7` and `1e+21` with all their digits. */
function withoutExponent(text: string): string {
  const isNegative = text.startsWith('-')
  const [mantissa = '', exponentText = '0'] = (isNegative ? text.slice(1) : text).split('e')
  const exponent = Number(exponentText)
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = whole + fraction
  const point = whole.length + exponent
  const unsigned = point <= 0 ? `0.${'0'.repeat(-point)}${digits}` : digits.padEnd(point, '0')
  return `${isNegative ? '-' : ''}${unsigned}`
}

/**
 * A property as the engine's debug output shows it (docs/formats/samyama.md §4.3): `Array([Integer(1), String("x")])`.
 * The forms of times other than DateTime and Duration are inferred from their type declarations.
 */
export function debugText(property: PropertyValue): string {
  switch (property.type) {
    case 'string':
      return `String(${quoted(property.value)})`
    case 'integer':
      return `Integer(${property.value})`
    case 'float':
      return `Float(${debugFloat(property.value)})`
    case 'boolean':
      return `Boolean(${property.value})`
    case 'null':
      return 'Null'
    case 'array':
      return `Array([${property.items.map(debugText).join(', ')}])`
    case 'map':
      return `Map({${property.entries.map(({ name, value }) => `${quoted(name)}: ${debugText(value)}`).join(', ')}})`
    case 'vector':
      return `Vector([${Array.from(property.values, shortestFloat).join(', ')}])`
    default:
      return timeText(property)
  }
}

type Time = Exclude<
  PropertyValue,
  { type: 'string' | 'integer' | 'float' | 'boolean' | 'null' | 'array' | 'map' | 'vector' }
>

function timeText(time: Time): string {
  switch (time.type) {
    case 'dateTime':
      return `DateTime(${time.milliseconds})`
    case 'date':
      return `Date(${time.days})`
    case 'localTime':
      return `LocalTime(${time.nanoseconds})`
    case 'time':
      return `Time(${time.nanoseconds}, ${time.offsetSeconds})`
    case 'localDateTime':
      return `LocalDateTime(${time.seconds}, ${time.nanoseconds})`
    case 'zonedDateTime': {
      const zone = time.zone === null ? 'None' : `Some(${quoted(time.zone)})`
      return `ZonedDateTime(${time.seconds}, ${time.nanoseconds}, ${time.offsetSeconds}, ${zone})`
    }
    case 'duration': {
      const { months, days, seconds, nanoseconds } = time
      return `Duration { months: ${months}, days: ${days}, seconds: ${seconds}, nanoseconds: ${nanoseconds} }`
    }
  }
}

/** In debug output a float always has a point or an exponent. */
function debugFloat(value: number): string {
  const text = floatText(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

/** The fewest digits that give the same 32-bit float. */
function shortestFloat(value: number): string {
  for (let digits = 1; digits <= 9; digits += 1) {
    const rounded = Number(value.toPrecision(digits))
    if (Object.is(Math.fround(rounded), value)) return debugFloat(rounded)
  }
  return debugFloat(value)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\\0',
}

/** Quoted as in Rust: what cannot be printed is escaped, so that the text is one line. */
function quoted(text: string): string {
  const body = text.replace(/["\\\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => {
    return ESCAPES[character] ?? `\\u{${character.codePointAt(0)?.toString(16)}}`
  })
  return `"${body}"`
}
