import type { ByteSource } from '#base/byte-source.ts'
import { limits } from '#base/limits.ts'
import { crc32c, unmaskCrc32c } from '../crc32c.ts'
import { BLOCK_BYTES, RECYCLABLE_HEADER_BYTES, recordType } from './record-type.ts'

const NUMBER_OFFSET = 7
/** Stale bytes match type and number by chance only; more matches than this are worth a report, not more time. */
const CANDIDATES_MAX = 1000

/**
 * True when a whole record of this log starts somewhere at or after `offsetBytes`. In a recycled file unreadable
 * bytes are normally the remains of the file's former life and end the log; a live record behind them shows that
 * they are damage. When the bytes hold too many near matches the answer is true.
 */
export function hasLiveRecordAfter(source: ByteSource, offsetBytes: number, logNumber32: number): boolean {
  const pattern = Buffer.alloc(4)
  pattern.writeUInt32LE(logNumber32)
  const overlapBytes = BLOCK_BYTES + RECYCLABLE_HEADER_BYTES
  const window = Buffer.alloc(limits.readChunkBytes + overlapBytes)
  let candidates = 0
  for (let start = offsetBytes; start < source.sizeBytes; start += limits.readChunkBytes) {
    const filled = source.readInto(window, start)
    const bytes = window.subarray(0, filled)
    let found = bytes.indexOf(pattern, NUMBER_OFFSET)
    while (found >= 0 && found - NUMBER_OFFSET < limits.readChunkBytes) {
      const at = found - NUMBER_OFFSET
      if (looksLive(bytes, at, start)) {
        candidates += 1
        if (candidates > CANDIDATES_MAX || isValid(bytes, at)) return true
      }
      found = bytes.indexOf(pattern, found + 1)
    }
  }
  return false
}

function looksLive(bytes: Buffer, at: number, windowStart: number): boolean {
  const type = bytes[at + 6] ?? 0
  if (type < recordType.recyclableFull || type > recordType.recyclableLast) return false
  const endInBlock = ((windowStart + at) % BLOCK_BYTES) + recordBytes(bytes, at)
  return endInBlock <= BLOCK_BYTES && at + recordBytes(bytes, at) <= bytes.length
}

function isValid(bytes: Buffer, at: number): boolean {
  const covered = bytes.subarray(at + 6, at + recordBytes(bytes, at))
  return crc32c(covered) === unmaskCrc32c(bytes.readUInt32LE(at))
}

function recordBytes(bytes: Buffer, at: number): number {
  return RECYCLABLE_HEADER_BYTES + bytes.readUInt16LE(at + 4)
}
