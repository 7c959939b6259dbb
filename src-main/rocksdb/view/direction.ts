/** Which way a scan goes through the keys. */
export type Direction = 'forward' | 'reverse'

/** Turns an order of keys into the order in which a scan meets them. */
export function signOf(direction: Direction): 1 | -1 {
  return direction === 'forward' ? 1 : -1
}
