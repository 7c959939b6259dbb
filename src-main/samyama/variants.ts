import type { PropertyType } from './property-value.ts'

/** The three orders of property variants that releases wrote; nothing on disk says which. */
export type Generation = 'A0' | 'A1' | 'B'

/** How to read property values: as a generation, or only the variants that mean the same in all of them. */
export type Layout = Generation | 'any'

const COMMON: readonly PropertyType[] = ['string', 'integer', 'float', 'boolean', 'dateTime']
const NESTING: readonly PropertyType[] = ['array', 'map', 'vector']
const TEMPORAL: readonly PropertyType[] = ['date', 'localTime', 'time', 'localDateTime', 'zonedDateTime']

/** The position is the variant's index. Follows docs/formats/samyama.md §1.6. */
const variants: Record<Layout, readonly PropertyType[]> = {
  any: COMMON,
  A0: [...COMMON, ...NESTING, 'null'],
  A1: [...COMMON, ...NESTING, 'duration', 'null'],
  B: [...COMMON, ...TEMPORAL, ...NESTING, 'duration', 'null'],
}

/** The types of a layout in the order of their variant indexes. */
export function variantsOf(layout: Layout): readonly PropertyType[] {
  return variants[layout]
}

/** True for the types whose variant index is the same in every generation. */
export function isCommonType(type: PropertyType): boolean {
  return COMMON.includes(type)
}
