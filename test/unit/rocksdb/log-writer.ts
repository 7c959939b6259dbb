import { crc32c, maskCrc32c } from '../../../src-main/rocksdb/crc32c.ts'

const BLOCK_BYTES = 32768

/** One physical record; with a log number in the recyclable framing. */
export function physicalRecord(type: number, payload: Uint8Array, logNumber?: number): Buffer {
  const body = Buffer.alloc(1 + (logNumber === undefined ? 0 : 4) + payload.length)
  body[0] = type
  if (logNumber !== undefined) body.writeUInt32LE(logNumber, 1)
  body.set(payload, body.length - payload.length)
  const header = Buffer.alloc(6)
  header.writeUInt32LE(maskCrc32c(crc32c(body)))
  header.writeUInt16LE(payload.length, 4)
  return Buffer.concat([header, body])
}

/** A log of whole payloads, written as RocksDB writes it. */
export function logOf(payloads: readonly Uint8Array[], logNumber?: number): Buffer {
  const parts: Buffer[] = []
  const headerBytes = logNumber === undefined ? 7 : 11
  const shift = logNumber === undefined ? 0 : 4
  let position = 0
  const push = (part: Buffer): void => {
    parts.push(part)
    position += part.length
  }
  for (const payload of payloads) {
    let done = 0
    let isFirst = true
    do {
      const left = BLOCK_BYTES - (position % BLOCK_BYTES)
      if (left < headerBytes) push(Buffer.alloc(left))
      const room = BLOCK_BYTES - (position % BLOCK_BYTES) - headerBytes
      const size = Math.min(room, payload.length - done)
      const isLast = done + size === payload.length
      const type = isFirst ? (isLast ? 1 : 2) : isLast ? 4 : 3
      push(physicalRecord(type + shift, payload.subarray(done, done + size), logNumber))
      done += size
      isFirst = false
    } while (done < payload.length)
  }
  return Buffer.concat(parts)
}

export function varint(value: number): Buffer {
  const bytes: number[] = []
  let rest = value
  while (rest >= 128) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return Buffer.from(bytes)
}

export function lengthPrefixed(bytes: Uint8Array | string): Buffer {
  const buffer = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes)
  return Buffer.concat([varint(buffer.length), buffer])
}

/** One operation or marker of a batch: its tag, then its strings. */
export function batchRecord(tag: number, ...strings: readonly string[]): Buffer {
  return Buffer.concat([Buffer.from([tag]), ...strings.map((text) => lengthPrefixed(text))])
}

/** The same with a column family id. */
export function familyRecord(tag: number, columnFamilyId: number, ...strings: readonly string[]): Buffer {
  const parts = strings.map((text) => lengthPrefixed(text))
  return Buffer.concat([Buffer.from([tag]), varint(columnFamilyId), ...parts])
}

export function batch(sequence: number, count: number, ...records: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(12)
  header.writeBigUInt64LE(BigInt(sequence))
  header.writeUInt32LE(count, 8)
  return Buffer.concat([header, ...records])
}

export function put(key: string, value: string): Buffer {
  return batchRecord(1, key, value)
}
