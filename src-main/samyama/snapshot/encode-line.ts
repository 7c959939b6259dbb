import { assert } from '#base/assert.ts'
import { encodeProperties, encodeText } from './encode-property.ts'
import type { Losses } from './losses.ts'
import type { DroppedContent, SnapshotHeader, SnapshotRecord } from './snapshot-record.ts'

/** The header's line. Follows docs/formats/samyama.md §3.1. */
export function encodeHeaderLine(header: SnapshotHeader): string {
  return `${JSON.stringify({
    format: 'sgsnap',
    version: header.version,
    tenant: header.tenant,
    node_count: header.nodeCount,
    edge_count: header.edgeCount,
    labels: header.labels,
    edge_types: header.edgeTypes,
    created_at: header.createdAt,
    samyama_version: header.samyamaVersion,
    dropped: header.dropped.map(({ what, count, detail }): DroppedContent => ({ what, count, detail })),
    ...(header.queries === null ? {} : { queries: { file: header.queries.file, sha256: header.queries.sha256 } }),
  })}\n`
}

/** A record's line: compact, `t` first, because an import looks for that text. Follows docs/formats/samyama.md §3.1. */
export function encodeRecordLine(record: SnapshotRecord, losses: Losses): string {
  if (record.type === 'other') {
    assert(!record.text.includes('\n'), 'a record is one line')
    return `${record.text}\n`
  }
  const properties = encodeProperties(record.properties, losses)
  if (record.type === 'node') {
    const { id, labels, createdAtMs, updatedAtMs } = record
    const created = createdAtMs === 0 ? '' : `,"created_at":${createdAtMs}`
    const updated = updatedAtMs === 0 ? '' : `,"updated_at":${updatedAtMs}`
    return `{"t":"n","id":${id},"labels":[${labels.map(encodeText).join(',')}],"props":${properties}${created}${updated}}\n`
  }
  if (record.createdAtMs !== 0) losses.add('edge_creation_timestamps')
  const { id, source, target, edgeType } = record
  return `{"t":"e","id":${id},"src":${source},"tgt":${target},"type":${encodeText(edgeType)},"props":${properties}}\n`
}
