import { printableText, toHex } from '#base/bytes.ts'
import type { KeyPreview } from './finding.ts'

const PREVIEW_BYTES = 64

/** @param isCut when the bytes are already the beginning of a longer key */
export function previewKey(key: Uint8Array, isCut: boolean): KeyPreview {
  const shown = key.subarray(0, PREVIEW_BYTES)
  return { text: printableText(shown) ?? `0x${toHex(shown)}`, isCut: isCut || key.length > PREVIEW_BYTES }
}
