const FIXED_BYTES = 10
const DEFLATE = 8
const HAS_CHECKSUM = 0x02
const HAS_EXTRA = 0x04
const HAS_NAME = 0x08
const HAS_COMMENT = 0x10

/** CRC-32 and length of the unpacked bytes. */
export const TRAILER_BYTES = 8

/** The size of the gzip header (RFC 1952 §2.3) at the start of `bytes`; null when there is none. */
export function gzipHeaderBytes(bytes: Uint8Array): number | null {
  const flags = bytes[3] ?? 0
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes[2] !== DEFLATE) return null
  let at = FIXED_BYTES
  if ((flags & HAS_EXTRA) !== 0) at += 2 + (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256
  if ((flags & HAS_NAME) !== 0) at = behindZero(bytes, at)
  if ((flags & HAS_COMMENT) !== 0) at = behindZero(bytes, at)
  if ((flags & HAS_CHECKSUM) !== 0) at += 2
  return at <= bytes.length ? at : null
}

function behindZero(bytes: Uint8Array, start: number): number {
  const zeroAt = bytes.indexOf(0, start)
  return zeroAt < 0 ? Number.POSITIVE_INFINITY : zeroAt + 1
}
