import { limits } from '#base/limits.ts'
import { openLocalFile } from '#base/local-file.ts'
import { crc32c } from '../../rocksdb/crc32c.ts'

/** Gives out the first bytes of a file chunk by chunk, and returns their CRC-32C. @throws AppError, what `take` throws */
export function copyBytes(path: string, sizeBytes: number, take: (bytes: Uint8Array) => void): number {
  const source = openLocalFile(path, path)
  try {
    const chunk = new Uint8Array(Math.min(limits.readChunkBytes, Math.max(sizeBytes, 1)))
    let crc = 0
    for (let at = 0; at < sizeBytes; at += chunk.length) {
      const wanted = chunk.subarray(0, Math.min(chunk.length, sizeBytes - at))
      const bytes = wanted.subarray(0, source.readInto(wanted, at))
      crc = crc32c(bytes, crc)
      take(bytes)
    }
    return crc
  } finally {
    source.close()
  }
}
