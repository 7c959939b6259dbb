import { createHash, type Hash } from 'node:crypto'
import type { Preview, RowContent } from '../../rocksdb/view/row.ts'

/** Tells two contents of a row apart without keeping them. */
export function contentDigest(content: RowContent): string {
  const hash = createHash('sha256')
  add(hash, content)
  return hash.digest('base64')
}

function add(hash: Hash, content: RowContent): void {
  hash.update(`${content.kind};`)
  switch (content.kind) {
    case 'value':
    case 'unreadable':
      addPreview(hash, content.value)
      return
    case 'merge':
      hash.update(`${content.operandCount};${content.operands.length};${content.base !== null};`)
      for (const operand of content.operands) addPreview(hash, operand)
      if (content.base !== null) add(hash, content.base)
      return
    case 'entity':
      hash.update(`${content.columnCount};${content.columns.length};`)
      for (const { name, value } of content.columns) {
        addPreview(hash, { bytes: name, sizeBytes: name.length })
        addPreview(hash, value)
      }
      return
    case 'blob-reference':
      hash.update(`${content.reference.fileNumber};${content.reference.offsetBytes};`)
  }
}

function addPreview(hash: Hash, { bytes, sizeBytes }: Preview): void {
  hash.update(`${sizeBytes};${bytes.length};`)
  hash.update(bytes)
}
