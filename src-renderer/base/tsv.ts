/** Rows as tab-separated text, for the clipboard: tabs and line breaks inside a cell become spaces. */
export function toTsv(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((cells) => cells.map(cellText).join('\t')).join('\n')
}

/** Rows as JSON objects, named by the column titles, for the clipboard. */
export function toJson(titles: readonly string[], rows: readonly (readonly (string | number | null)[])[]): string {
  const objects = rows.map((cells) => Object.fromEntries(titles.map((title, index) => [title, cells[index] ?? null])))
  return JSON.stringify(objects, null, 2)
}

function cellText(cell: string | number | null): string {
  return cell === null ? '' : String(cell).replace(/[\t\r\n]+/g, ' ')
}
