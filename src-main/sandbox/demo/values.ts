import type { PropertyValue } from '../../samyama/property-value.ts'
import type { Properties } from '../graph/graph.ts'

const DAY_MS = 86_400_000

export function text(value: string): PropertyValue {
  return { type: 'string', value }
}

export function integer(value: number): PropertyValue {
  return { type: 'integer', value: BigInt(value) }
}

export function float(value: number): PropertyValue {
  return { type: 'float', value }
}

export function boolean(value: boolean): PropertyValue {
  return { type: 'boolean', value }
}

export function texts(values: readonly string[]): PropertyValue {
  return { type: 'array', items: values.map(text) }
}

export function map(fields: Readonly<Record<string, PropertyValue>>): PropertyValue {
  return { type: 'map', entries: Object.entries(fields).map(([name, value]) => ({ name, value })) }
}

export function date(timeMs: number): PropertyValue {
  return { type: 'date', days: Math.floor(timeMs / DAY_MS) }
}

export function dateTime(timeMs: number): PropertyValue {
  return { type: 'dateTime', milliseconds: BigInt(timeMs) }
}

export function timeOfDay(minutes: number): PropertyValue {
  return { type: 'localTime', nanoseconds: BigInt(minutes) * 60_000_000_000n }
}

export function properties(fields: Readonly<Record<string, PropertyValue>>): Properties {
  return new Map(Object.entries(fields))
}
