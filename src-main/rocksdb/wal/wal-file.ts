import type { ByteSource } from '#base/byte-source.ts'

/** A write-ahead log of a file set; `logNumber` is the number in its name, null for a segment of an archive. */
export type WalFile = { readonly logNumber: number | null; open(): ByteSource }
