import type { ByteSource } from '#base/byte-source.ts'
import { failAt, type Place } from '../place.ts'

/**
 * A range of a file in memory of its own; the file's size is compared before memory is taken.
 * @throws DamageError when the file ends before the range does, AppError IO_FAILED
 */
export function readExactly(source: ByteSource, offsetBytes: number, sizeBytes: number, place: Place): Uint8Array {
  const remainingBytes = Math.max(0, source.sizeBytes - offsetBytes)
  if (sizeBytes > remainingBytes) {
    failAt(place, 'goes past the end of the file', `${sizeBytes} bytes`, `${remainingBytes} bytes`)
  }
  const bytes = new Uint8Array(sizeBytes)
  const count = source.readInto(bytes, offsetBytes)
  if (count < sizeBytes) failAt(place, 'file ended early', `${sizeBytes} bytes`, `${count} bytes`)
  return bytes
}
