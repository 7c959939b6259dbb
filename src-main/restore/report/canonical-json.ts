import { assert } from '#base/assert.ts'

/**
 * One text for one value, whatever order its fields were written in: no white space, fields sorted by their UTF-16 code units,
 * numbers and texts as JSON.stringify writes them (as RFC 8785 does it for such values). Fields that are undefined are left out.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((each) => canonicalJson(each)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined)
    fields.sort(([left], [right]) => (left < right ? -1 : 1))
    return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`).join(',')}}`
  }
  assert(typeof value !== 'number' || Number.isFinite(value), 'a number of a report is finite')
  const text = JSON.stringify(value)
  assert(text !== undefined, 'a report holds plain values')
  return text
}
