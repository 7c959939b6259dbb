import { equalBytes } from '#base/bytes.ts'
import { limits } from '#base/limits.ts'
import { valueType } from '../value-type.ts'
import type { Preview, RowContent } from '../view/row.ts'
import type { RowWalk } from '../view/view.ts'

/**
 * Whether two rows of one key hold the same. A merge is the same when its operands are: what the application would make
 * of them is not known here. Values in blob files are read, as a compaction may have moved them there.
 */
export function holdSame(left: RowWalk, right: RowWalk): boolean {
  const isPlain = left.cursor.type === valueType.value && right.cursor.type === valueType.value
  if (isPlain) return equalBytes(left.cursor.value, right.cursor.value)
  const { wholeValueBytesMax } = limits
  return isSameContent(left.row(wholeValueBytesMax).content, right.row(wholeValueBytesMax).content)
}

function isSameContent(left: RowContent, right: RowContent): boolean {
  switch (left.kind) {
    case 'value':
    case 'unreadable':
      return left.kind === right.kind && isSamePreview(left.value, right.value)
    case 'entity':
      return (
        right.kind === 'entity' &&
        left.columnCount === right.columnCount &&
        left.columns.every((column, index) => {
          const other = right.columns[index]
          return other !== undefined && equalBytes(column.name, other.name) && isSamePreview(column.value, other.value)
        })
      )
    case 'merge':
      return (
        right.kind === 'merge' &&
        left.operandCount === right.operandCount &&
        left.operands.every((operand, index) => isSamePreview(operand, right.operands[index])) &&
        (left.base === null || right.base === null ? left.base === right.base : isSameContent(left.base, right.base))
      )
    case 'blob-reference':
      return (
        right.kind === 'blob-reference' &&
        left.reference.fileNumber === right.reference.fileNumber &&
        left.reference.offsetBytes === right.reference.offsetBytes
      )
  }
}

function isSamePreview(left: Preview, right: Preview | undefined): boolean {
  return right !== undefined && left.sizeBytes === right.sizeBytes && equalBytes(left.bytes, right.bytes)
}
