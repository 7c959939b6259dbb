import { AppError } from '#base/app-error.ts'
import type { ByteSource } from '#base/byte-source.ts'

const CHUNK_BYTES = 256 * 1024

/**
 * The bytes of a source from its start. Each chunk overwrites the one before.
 * @throws AppError IO_FAILED, SOURCE_CHANGED
 */
export function* sourceChunks(source: ByteSource): Generator<Uint8Array> {
  const buffer = new Uint8Array(Math.min(CHUNK_BYTES, source.sizeBytes))
  for (let at = 0; at < source.sizeBytes; at += buffer.length) {
    const chunk = buffer.subarray(0, Math.min(buffer.length, source.sizeBytes - at))
    readExactly(source, chunk, at)
    yield chunk
  }
}

/**
 * Fills `target`, which lies inside the source.
 * @throws AppError IO_FAILED, SOURCE_CHANGED when the file has become shorter
 */
export function readExactly(source: ByteSource, target: Uint8Array, offsetBytes: number): void {
  if (source.readInto(target, offsetBytes) === target.byteLength) return
  throw new AppError('SOURCE_CHANGED', {
    message: 'the file became shorter while it was read',
    subject: source.name,
    nextStep: 'Make sure that nothing writes to it, then try again.',
  })
}
