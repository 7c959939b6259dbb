/** Keys as points between two others, for finding places in a column family that can only be read forwards. */

const pointSizeBytes = 6

/** The stretch of keys between two keys, as whole numbers that grow with the keys. */
export class KeySpace {
  readonly start: number
  readonly end: number
  readonly #prefix: Uint8Array

  constructor(smallest: Uint8Array, largest: Uint8Array) {
    this.#prefix = largest.subarray(0, sharedLength(smallest, largest))
    this.start = this.pointOf(smallest)
    this.end = this.pointOf(largest)
  }

  /** The point at or before a key of this stretch: six bytes behind what all its keys share. */
  pointOf(key: Uint8Array): number {
    let point = 0
    for (let index = 0; index < pointSizeBytes; index += 1)
      point = point * 256 + (key[this.#prefix.length + index] ?? 0)
    return point
  }

  /** The smallest key of a point: without zeros at its end. */
  keyAt(point: number): Uint8Array {
    const key = new Uint8Array(this.#prefix.length + pointSizeBytes)
    key.set(this.#prefix)
    let rest = point
    for (let index = key.length - 1; index >= this.#prefix.length; index -= 1) {
      key[index] = rest % 256
      rest = Math.floor(rest / 256)
    }
    let size = key.length
    while (size > this.#prefix.length && key[size - 1] === 0) size -= 1
    return key.subarray(0, size)
  }
}

/** What one look from a key on finds: how many rows, up to a limit, and where to go on; null at the end. */
type Look = { readonly rowCount: number; readonly lastKey: Uint8Array | null; readonly isEnd: boolean }

/**
 * A key from which on at least `wantedCount` rows are left, and few enough for one look; or the best there is when the
 * keys lie too close together. Halves the stretch with every look.
 */
export async function keyBeforeEnd(
  space: KeySpace,
  wantedCount: number,
  look: (from: Uint8Array) => Promise<Look>,
): Promise<Uint8Array> {
  let { start, end } = space
  while (end - start > 1) {
    const middle = start + Math.floor((end - start) / 2)
    const { rowCount, lastKey, isEnd } = await look(space.keyAt(middle))
    if (!isEnd) start = Math.min(end, Math.max(middle, lastKey === null ? middle : space.pointOf(lastKey)))
    else if (rowCount >= wantedCount) return space.keyAt(middle)
    else end = middle
  }
  return space.keyAt(end)
}

function sharedLength(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length)
  for (let index = 0; index < length; index += 1) if (left[index] !== right[index]) return index
  return length
}
