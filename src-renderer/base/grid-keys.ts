/** Where a key takes the cursor in a list of rows; null when the key does not move it. */
export function indexAfterKey(key: string, index: number, rowCount: number, pageSize: number): number | null {
  const target = targetOf(key, index, rowCount, pageSize)
  return target === null || rowCount === 0 ? null : Math.min(rowCount - 1, Math.max(0, target))
}

function targetOf(key: string, index: number, rowCount: number, pageSize: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return index + 1
    case 'ArrowUp':
      return index - 1
    case 'PageDown':
      return index + pageSize
    case 'PageUp':
      return index - pageSize
    case 'Home':
      return 0
    case 'End':
      return rowCount - 1
    default:
      return null
  }
}
