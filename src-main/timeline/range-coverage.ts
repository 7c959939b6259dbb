import { compareBytes } from '#base/bytes.ts'
import { encodeRowKey, parseRowKey, type RowKey } from '../samyama/keys.ts'
import type { RangeCoverage } from './finding.ts'

/** no UTF-8 text starts with such a byte or a higher one */
const BEHIND_TEXT = 0xf5
const LAST_ID = 0xffff_ffff_ffff_ffffn
const PART: RangeCoverage = { what: 'part' }

/**
 * Says what a range of keys takes away as a whole, where Samyama's keys show it (docs/formats/samyama.md §1.3): all
 * nodes or edges of a tenant, or of all tenants. Any other family gives a part: its keys tell nothing.
 * @param end exclusive
 */
export function coverageOf(familyName: string | null, begin: Uint8Array, end: Uint8Array): RangeCoverage {
  if (familyName !== 'nodes' && familyName !== 'edges') return PART
  if (begin.every((byte) => byte === 0) && (end[0] ?? 0) >= BEHIND_TEXT) return { what: 'family' }
  const tenant = tenantAt(begin)
  if (tenant === null) return PART
  const type: RowKey['type'] = familyName === 'nodes' ? 'node' : 'edge'
  const first = encodeRowKey({ tenant, type, id: 0n })
  const last = encodeRowKey({ tenant, type, id: LAST_ID })
  return compareBytes(begin, first) <= 0 && compareBytes(end, last) > 0 ? { what: 'tenant', tenant } : PART
}

/** The tenant that a range starts with: `t:`, `t:n`, `t:n:` or a whole key. */
function tenantAt(begin: Uint8Array): string | null {
  const rowKey = parseRowKey(begin)
  if (rowKey !== null) return rowKey.tenant
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(begin)
    return /^(.+?)(:[ne]:|:[ne]|:)$/s.exec(text)?.[1] ?? null
  } catch {
    return null
  }
}
