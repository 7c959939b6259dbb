/**
 * A property value with everything its row holds. Times are as stored: `dateTime` and `zonedDateTime` are
 * instants in UTC, `time` and `localDateTime` are what a clock on the wall showed.
 */
export type PropertyValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'integer'; readonly value: bigint }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'dateTime'; readonly milliseconds: bigint }
  | { readonly type: 'date'; readonly days: number }
  | { readonly type: 'localTime'; readonly nanoseconds: bigint }
  | { readonly type: 'time'; readonly nanoseconds: bigint; readonly offsetSeconds: number }
  | { readonly type: 'localDateTime'; readonly seconds: bigint; readonly nanoseconds: number }
  | {
      readonly type: 'zonedDateTime'
      readonly seconds: bigint
      readonly nanoseconds: number
      readonly offsetSeconds: number
      readonly zone: string | null
    }
  | { readonly type: 'array'; readonly items: readonly PropertyValue[] }
  | { readonly type: 'map'; readonly entries: readonly PropertyEntry[] }
  | { readonly type: 'vector'; readonly values: Float32Array }
  | {
      readonly type: 'duration'
      readonly months: bigint
      readonly days: bigint
      readonly seconds: bigint
      readonly nanoseconds: number
    }
  | { readonly type: 'null' }

/** One entry of a map, in stored order. The engine's maps have none; a name stored twice is kept twice. */
export type PropertyEntry = { readonly name: string; readonly value: PropertyValue }

export type PropertyType = PropertyValue['type']

export type TemporalType = 'dateTime' | 'date' | 'localTime' | 'time' | 'localDateTime' | 'zonedDateTime' | 'duration'
