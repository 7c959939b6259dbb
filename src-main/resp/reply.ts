/** An error as a client sees it: `-CODE message`. */
export type ErrorReply = {
  readonly kind: 'error'
  /** one upper-case word: ERR, NOAUTH, NOTFOUND */
  readonly code: string
  readonly message: string
}

/** What a command answers, whatever protocol the client speaks. */
export type Reply =
  | { readonly kind: 'simple'; readonly text: string }
  | ErrorReply
  | { readonly kind: 'integer'; readonly value: number | bigint }
  | { readonly kind: 'bulk'; readonly value: Uint8Array | string }
  | { readonly kind: 'verbatim'; readonly text: string }
  | { readonly kind: 'null' }
  | { readonly kind: 'array'; readonly items: readonly Reply[] }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [key: Reply, value: Reply])[] }
  | { readonly kind: 'double'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }

/** A short text of our own: `+OK`. */
export function simple(text: string): Reply {
  return { kind: 'simple', text }
}

export const okReply: Reply = simple('OK')

export const nullReply: Reply = { kind: 'null' }

/** @param code one upper-case word */
export function errorReply(code: string, message: string): ErrorReply {
  return { kind: 'error', code, message }
}

/** @param value a whole number; in a number only what is exact there */
export function integer(value: number | bigint): Reply {
  return { kind: 'integer', value }
}

/** Binary-safe; a text goes out as UTF-8. */
export function bulk(value: Uint8Array | string): Reply {
  return { kind: 'bulk', value }
}

/** A text for people: RESP3 says so, RESP2 sends a bulk. */
export function verbatim(text: string): Reply {
  return { kind: 'verbatim', text }
}

export function array(items: readonly Reply[]): Reply {
  return { kind: 'array', items }
}

/** A map with texts as keys, in the order of the properties. */
export function map(fields: Readonly<Record<string, Reply>>): Reply {
  return { kind: 'map', entries: Object.entries(fields).map(([key, value]) => [bulk(key), value] as const) }
}

export function double(value: number): Reply {
  return { kind: 'double', value }
}

export function boolean(value: boolean): Reply {
  return { kind: 'boolean', value }
}
