import type { ByteSource } from './byte-source.ts'

/** A ByteSource over bytes that are already here. */
export function memorySource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    sizeBytes: bytes.byteLength,
    readInto(target, offsetBytes) {
      const slice = bytes.subarray(offsetBytes, offsetBytes + target.byteLength)
      target.set(slice)
      return slice.byteLength
    },
    close() {},
  }
}
