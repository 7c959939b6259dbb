import type { ByteReader } from '../byte-reader.ts'

/** A block trailer: compression type byte and 32-bit checksum. RocksDB: table/format.h */
export const blockTrailerBytes = 5

/** Where a block lies; the size excludes the trailer. */
export type BlockHandle = { readonly offsetBytes: number; readonly sizeBytes: number }

/** Reads varint64 offset and varint64 size; whether they fit the file is checked where they are used. */
export function readBlockHandle(reader: ByteReader): BlockHandle {
  return { offsetBytes: reader.varint64(), sizeBytes: reader.varint64() }
}

/** The first byte after the block and its trailer. */
export function blockEnd(handle: BlockHandle): number {
  return handle.offsetBytes + handle.sizeBytes + blockTrailerBytes
}
