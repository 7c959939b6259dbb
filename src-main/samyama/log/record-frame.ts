import { crc32 } from 'node:zlib'
import type { RecordForm } from './log-entry.ts'

/** The length word in front of a body. */
export const LENGTH_BYTES = 4
/** The checksum behind an entry. */
export const CHECKSUM_BYTES = 4
/** Set in the length word of a record in the form of 1.11. */
export const FORM_BIT = 0x8000_0000
/** The first byte of a body in the form of 1.11. */
export const CRC32_FORM = 1

const SEQUENCE_BYTES = 8

/** Where the sequence starts in a body: behind the form byte, where there is one. */
export function sequenceAt(form: RecordForm): number {
  return form === 'crc32' ? 1 : 0
}

/** Where the entry starts in a body. */
export function entryAt(form: RecordForm): number {
  return sequenceAt(form) + SEQUENCE_BYTES
}

/**
 * The checksum of a body without its last four bytes: the XOR of the entry's bytes, or the CRC-32 of them all.
 * Follows docs/formats/samyama.md §2.2 and §2.4.
 */
export function recordChecksum(form: RecordForm, body: Uint8Array): number {
  if (form === 'crc32') return crc32(body)
  let parity = 0
  for (let index = entryAt(form); index < body.length; index += 1) parity ^= body[index] ?? 0
  return parity
}
