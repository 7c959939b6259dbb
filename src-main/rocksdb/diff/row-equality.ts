import { equalBytes } from '#base/bytes.ts'
import { DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { valueType } from '../value-type.ts'
import type { Preview, RowContent } from '../view/row.ts'
import type { RowWalk } from '../view/view.ts'

/**
 * Whether two rows of one key hold the same. A merge is the same when its operands are: what the application would make
 * of them is not known here. Values in blob files are read, as a compaction may have moved them there. What is too large
 * to be compared is the same only when it is the same version.
 */
export function holdSame(left: RowWalk, right: RowWalk): boolean {
  const { type } = left.cursor
  const isStored = type === right.cursor.type && type !== valueType.merge && type !== valueType.blobIndex
  const isSameStored = isStored ? compareStored(left, right) : null
  if (isSameStored === true || (isSameStored === false && type === valueType.value)) return isSameStored
  const [leftRow, rightRow] = [left.row(limits.blobValueBytesMax), right.row(limits.blobValueBytesMax)]
  const isWhole = isShownWhole(leftRow.content) && isShownWhole(rightRow.content)
  return isWhole ? isSameContent(leftRow.content, rightRow.content) : leftRow.sequence === rightRow.sequence
}

/** By what is stored, in other words than the same it may be equal all the same; null when it cannot be read. */
function compareStored(left: RowWalk, right: RowWalk): boolean | null {
  try {
    return equalBytes(left.cursor.value, right.cursor.value)
  } catch (error) {
    // a log changed: reading the row says so
    if (error instanceof DamageError) return null
    throw error
  }
}

function isShownWhole(content: RowContent): boolean {
  switch (content.kind) {
    case 'value':
      return isWholePreview(content.value)
    case 'entity':
      return (
        content.columns.length === content.columnCount && content.columns.every(({ value }) => isWholePreview(value))
      )
    case 'merge':
      return (
        content.operands.length === content.operandCount &&
        content.operands.every(isWholePreview) &&
        (content.base === null || isShownWhole(content.base))
      )
    case 'unreadable':
    case 'blob-reference':
      return true
  }
}

function isWholePreview({ bytes, sizeBytes }: Preview): boolean {
  return bytes.length === sizeBytes
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
