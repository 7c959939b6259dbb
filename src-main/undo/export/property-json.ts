import type { PropertyEntry, PropertyValue } from '../../samyama/property-value.ts'

/** A property value as JSON that says its type; whole numbers and floats as text, since JSON rounds them. */
export type PropertyJson = { readonly type: string; readonly [field: string]: unknown }
/** Pairs of name and value: a name may be stored twice. */
export type PropertiesJson = readonly (readonly [string, PropertyJson])[]

export function propertiesJson(entries: readonly PropertyEntry[]): PropertiesJson {
  return entries.map(({ name, value }) => [name, propertyJson(value)])
}

function propertyJson(value: PropertyValue): PropertyJson {
  switch (value.type) {
    case 'array':
      return { type: value.type, items: value.items.map(propertyJson) }
    case 'map':
      return { type: value.type, entries: propertiesJson(value.entries) }
    case 'vector':
      return { type: value.type, values: Array.from(value.values, floatText) }
    case 'float':
      return { type: value.type, value: floatText(value.value) }
    default:
      return Object.fromEntries(
        Object.entries(value).map(([name, field]) => [name, typeof field === 'bigint' ? String(field) : field]),
      ) as PropertyJson
  }
}

/** As many digits as tell it from every other one. */
function floatText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value)
}
