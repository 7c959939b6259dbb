import { basename } from 'node:path'
import { openLocalFile } from '../../../src-main/base/local-file.ts'
import { verifyBlocks } from '../../../src-main/rocksdb/sst/verify-blocks.ts'
import { forEachRow, withView } from './view-adapter.ts'
import type { Work } from './work.ts'

/** Compares the checksum of every block of tables. @throws Error when one is damaged or has no checksums */
export function verifyTables(paths: readonly string[]): Work {
  let bytes = 0
  let readBytes = 0
  for (const path of paths) {
    const source = openLocalFile(path, basename(path))
    const verification = verifyBlocks(source)
    source.close()
    if (verification.damageCount > 0 || !verification.isVerifiable) throw new Error(`${path} was not verified`)
    bytes += source.sizeBytes
    readBytes += verification.bytes
  }
  return { bytes, readBytes }
}

/** Reads every row between two keys in hex, key and value; null is an end. */
export function scan(directory: string, from: string | null, to: string | null): Work {
  let bytes = 0
  let entries = 0
  let lastByteSum = 0
  withView(directory, (view) =>
    forEachRow(view, fromHex(from), fromHex(to), (key, value) => {
      entries += 1
      bytes += key.length + value.length
      lastByteSum += value[value.length - 1] ?? 0
    }),
  )
  return { bytes, readBytes: bytes, entries, figures: { lastByteSum } }
}

function fromHex(key: string | null): Uint8Array | null {
  return key === null ? null : Buffer.from(key, 'hex')
}
