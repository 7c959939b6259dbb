/** A canonical unsigned decimal (no sign, no leading zeros) up to `max`, else null. */
export function parseDecimal(text: string, max: number): number | null {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text)) return null
  const value = Number(text)
  return value <= max && Number.isSafeInteger(value) ? value : null
}
