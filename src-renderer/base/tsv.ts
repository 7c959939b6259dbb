/** Rows as tab-separated text, for the clipboard: tabs and line breaks inside a cell become spaces. */
export function toTsv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((cells) => cells.map(cellText).join('\t')).join('\n')
}

function cellText(cell: string | number | null): string {
  return cell === null ? '' : String(cell).replace(/[\t\r\n]+/g, ' ')
}
