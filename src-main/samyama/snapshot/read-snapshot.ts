import type { ByteSource } from '#base/byte-source.ts'
import { DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { decryptSnapshot, isEncryptedSnapshot, keyNeeded } from './encrypted-container.ts'
import { gunzip } from './gunzip.ts'
import { LineDecoder } from './line-decoder.ts'
import { LineSplitter } from './line-splitter.ts'
import type { SnapshotItem } from './snapshot-record.ts'
import { readExactly, sourceChunks } from './source-chunks.ts'

const HEAD_BYTES = 16

export type SnapshotReadOptions = {
  /** 32 bytes, for an encrypted snapshot */
  readonly key?: Uint8Array
  readonly lineBytesMax?: number
  readonly unpackedBytesMax?: number
  /** called now and then: may throw to stop the reading */
  readonly checkpoint?: () => void
}

/**
 * Reads a `.sgsnap` file in bounded memory: its header, then records and damages in file order, then one end.
 * A damaged line is skipped; damage of the packing ends the reading behind what was unpacked before it. The checksum
 * stands at the end of the file: until the end came without damage, records are unproven.
 * Follows docs/formats/samyama.md §3.
 * @throws AppError ACCESS_DENIED (the key is missing or wrong), LIMIT_EXCEEDED, IO_FAILED, SOURCE_CHANGED
 */
export async function* readSnapshot(
  source: ByteSource,
  options: SnapshotReadOptions = {},
): AsyncGenerator<SnapshotItem> {
  const lines = new LineDecoder(source.name)
  const splitter = new LineSplitter(options.lineBytesMax ?? limits.snapshotLineBytesMax)
  const unpackedBytesMax = options.unpackedBytesMax ?? limits.snapshotUnpackedBytesMax
  try {
    for await (const chunk of gunzip(source.name, packedChunks(source, options), unpackedBytesMax)) {
      options.checkpoint?.()
      for (const line of splitter.push(chunk)) {
        const item = lines.decode(line)
        if (item !== null) yield item
        if (lines.isRefused) return yield* lines.finish()
      }
    }
    const rest = splitter.rest()
    const item = rest === undefined ? null : lines.decode(rest)
    if (item !== null) yield item
  } catch (error) {
    if (!(error instanceof DamageError)) throw error
    yield lines.damage(error.damage)
  }
  yield* lines.finish()
}

function packedChunks(source: ByteSource, options: SnapshotReadOptions): Iterable<Uint8Array> {
  const head = new Uint8Array(Math.min(HEAD_BYTES, source.sizeBytes))
  readExactly(source, head, 0)
  if (!isEncryptedSnapshot(head)) return sourceChunks(source)
  if (options.key === undefined) throw keyNeeded(source)
  return decryptSnapshot(source, options.key)
}
