import { crc32c, maskCrc32c } from '../../../../src-main/rocksdb/crc32c.ts'

/** The bytes with their masked CRC-32C behind them. */
function withCrc(bytes: Buffer): Buffer {
  const crc = Buffer.alloc(4)
  crc.writeUInt32LE(maskCrc32c(crc32c(bytes)))
  return Buffer.concat([bytes, crc])
}

export function blobHeader(fields: { family?: number; flags?: number; compression?: number } = {}): Buffer {
  const bytes = Buffer.alloc(30)
  bytes.writeUInt32LE(0x0024_8f37, 0)
  bytes.writeUInt32LE(1, 4)
  bytes.writeUInt32LE(fields.family ?? 0, 8)
  bytes[12] = fields.flags ?? 0
  bytes[13] = fields.compression ?? 0
  return bytes
}

/** @param claimed sizes that the header says instead of the real ones */
export function blobRecord(key: string, value: string, claimed: { key?: bigint; value?: bigint } = {}): Buffer {
  const header = Buffer.alloc(24)
  header.writeBigUInt64LE(claimed.key ?? BigInt(key.length), 0)
  header.writeBigUInt64LE(claimed.value ?? BigInt(value.length), 8)
  const contents = Buffer.from(key + value, 'latin1')
  return Buffer.concat([withCrc(header), withCrc(contents).subarray(contents.length), contents])
}

export function blobFooter(count: number): Buffer {
  const bytes = Buffer.alloc(28)
  bytes.writeUInt32LE(0x0024_8f37, 0)
  bytes.writeBigUInt64LE(BigInt(count), 4)
  return withCrc(bytes)
}
