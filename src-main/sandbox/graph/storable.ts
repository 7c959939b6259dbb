import { AppError } from '#base/app-error.ts'
import { NESTING_MAX } from '../../samyama/property-reader.ts'
import type { PropertyEntry, PropertyValue } from '../../samyama/property-value.ts'
import type { Properties } from './graph.ts'

/**
 * Properties as a row holds them. What could be written but not be read again is refused.
 * @throws AppError BAD_REQUEST
 */
export function storableProperties(properties: Properties): PropertyEntry[] {
  const entries: PropertyEntry[] = []
  for (const [name, value] of properties) {
    if (value.type === 'null') continue
    storableName(name)
    checkValue(value, name, 0)
    entries.push({ name, value })
  }
  return entries
}

/** A label, an edge type or the name of a property. @throws AppError BAD_REQUEST */
export function storableName(name: string): string {
  if (!name.isWellFormed()) throw refused('a name is not valid Unicode', name.toWellFormed())
  return name
}

function checkValue(value: PropertyValue, name: string, depth: number): void {
  if (depth > NESTING_MAX) throw refused(`lists and maps are nested deeper than ${NESTING_MAX}`, name)
  switch (value.type) {
    case 'string':
      if (!value.value.isWellFormed()) throw refused('a text is not valid Unicode', name)
      return
    case 'integer':
      if (value.value !== BigInt.asIntN(64, value.value)) throw refused('an integer does not fit 64 bits', name)
      return
    case 'array':
      for (const item of value.items) checkValue(item, name, depth + 1)
      return
    case 'map':
      for (const entry of value.entries) {
        storableName(entry.name)
        checkValue(entry.value, name, depth + 1)
      }
      return
    default:
  }
}

function refused(message: string, subject: string): AppError {
  return new AppError('BAD_REQUEST', { message, subject, unharmed: 'Nothing was changed.' })
}
