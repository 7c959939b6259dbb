type Column = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>

/** The column with room for `capacity` items; what it held comes first, the rest is 0. */
export function grown<Same extends Column>(column: Same, capacity: number): Same {
  const larger = new (column.constructor as new (length: number) => Same)(capacity)
  larger.set(column)
  return larger
}

/** By half: doubling would leave as much memory unused as is used. */
export function nextCapacity(capacity: number): number {
  return Math.ceil(capacity * 1.5)
}
