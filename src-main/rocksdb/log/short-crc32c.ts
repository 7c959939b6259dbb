const REFLECTED_POLYNOMIAL = 0x82f63b78
/** tables, and bytes that one step takes */
const STEP_BYTES = 16
const TABLES = tables()

/**
 * The CRC-32C of `bytes[start..end)`, the same as crc32c() gives. A call into native code costs more than a few hundred
 * bytes cost here; beyond that it is the faster one. The method is slicing-by-16 (Kounavis and Berry, "Novel
 * Table Lookup-Based Algorithms for High-Performance CRC Generation").
 * @param view over exactly the same memory as `bytes`
 */
export function shortCrc32c(bytes: Uint8Array, view: DataView, start: number, end: number): number {
  let crc = -1
  let at = start
  for (; at + STEP_BYTES <= end; at += STEP_BYTES) {
    const first = view.getInt32(at, true) ^ crc
    const second = view.getInt32(at + 4, true)
    const third = view.getInt32(at + 8, true)
    const fourth = view.getInt32(at + 12, true)
    crc = folded(first, 0xc00) ^ folded(second, 0x800) ^ folded(third, 0x400) ^ folded(fourth, 0)
  }
  for (; at < end; at += 1) crc = (TABLES[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8)
  return ~crc >>> 0
}

/** A word that `tablesAt / 256` bytes follow in the step. */
function folded(word: number, tablesAt: number): number {
  return (
    (TABLES[tablesAt + 0x300 + (word & 0xff)] as number) ^
    (TABLES[tablesAt + 0x200 + ((word >>> 8) & 0xff)] as number) ^
    (TABLES[tablesAt + 0x100 + ((word >>> 16) & 0xff)] as number) ^
    (TABLES[tablesAt + (word >>> 24)] as number)
  )
}

/** Table n holds the CRC of each byte with n zero bytes behind it. */
function tables(): Int32Array {
  const all = new Int32Array(STEP_BYTES * 256)
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ REFLECTED_POLYNOMIAL : crc >>> 1
    all[byte] = crc
  }
  for (let index = 256; index < all.length; index += 1) {
    const shorter = all[index - 256] as number
    all[index] = (all[shorter & 0xff] as number) ^ (shorter >>> 8)
  }
  return all
}
