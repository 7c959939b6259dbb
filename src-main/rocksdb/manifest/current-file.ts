import { limits } from '#base/limits.ts'
import { failAt } from '../place.ts'

const PATTERN = /^(MANIFEST-[0-9]{1,20})\n$/

/**
 * The name of the live MANIFEST in a CURRENT file (docs/formats/rocksdb.md §1). The name is safe to use as a file
 * name: it holds no path.
 * @param bytes the whole file; read no more than limits.currentFileBytesMax of it
 * @throws DamageError
 */
export function parseCurrent(bytes: Uint8Array, file = 'CURRENT'): string {
  const text = Buffer.from(bytes.subarray(0, limits.currentFileBytesMax)).toString('latin1')
  const name = PATTERN.exec(text)?.[1]
  if (name !== undefined && bytes.length <= limits.currentFileBytesMax) return name
  return failAt(
    { file, structure: 'CURRENT', offsetBytes: 0 },
    'does not name a MANIFEST',
    'MANIFEST-<number> and one line feed',
    JSON.stringify(text),
  )
}
