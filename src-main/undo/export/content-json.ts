import { toHex } from '#base/bytes.ts'
import type { PlainContent, Preview, RowContent } from '../../rocksdb/view/row.ts'

/** What a row holds that nobody can read, in hex. What is longer than is held in memory says how long it was. */
export function contentJson(content: RowContent): object {
  switch (content.kind) {
    case 'value':
    case 'unreadable':
      return { kind: content.kind, ...previewJson(content.value) }
    case 'merge':
      return {
        kind: content.kind,
        operandCount: content.operandCount,
        operands: content.operands.map(previewJson),
        base: content.base === null ? null : contentJson(content.base satisfies PlainContent),
      }
    case 'entity':
      return {
        kind: content.kind,
        columnCount: content.columnCount,
        columns: content.columns.map(({ name, isBlobIndex, value }) => ({
          name: toHex(name),
          isBlobIndex,
          ...previewJson(value),
        })),
      }
    case 'blob-reference':
      return { kind: content.kind, reference: content.reference }
  }
}

function previewJson({ bytes, sizeBytes }: Preview): object {
  return { hex: toHex(bytes), sizeBytes }
}
