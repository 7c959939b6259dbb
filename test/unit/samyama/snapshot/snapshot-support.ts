import { createCipheriv } from 'node:crypto'
import { memorySource } from '../../../../src-main/base/memory-source.ts'
import { readSnapshot, type SnapshotReadOptions } from '../../../../src-main/samyama/snapshot/read-snapshot.ts'
import type {
  SnapshotHeader,
  SnapshotItem,
  SnapshotRecord,
} from '../../../../src-main/samyama/snapshot/snapshot-record.ts'
import { SnapshotWriter } from '../../../../src-main/samyama/snapshot/snapshot-writer.ts'

export const NAME = 'graph.sgsnap'

export const exampleHeader: SnapshotHeader = {
  version: 2,
  tenant: 'default',
  nodeCount: 0,
  edgeCount: 0,
  labels: ['Person'],
  edgeTypes: ['KNOWS'],
  createdAt: '2026-10-05T12:00:00+00:00',
  samyamaVersion: '1.11.0',
  dropped: [],
  queries: null,
}

/** The header with the counts of these records. */
export function headerFor(records: readonly SnapshotRecord[]): SnapshotHeader {
  const count = (type: SnapshotRecord['type']) => records.filter((record) => record.type === type).length
  return { ...exampleHeader, nodeCount: count('node'), edgeCount: count('edge') }
}

/** The bytes of a snapshot, and what the writer says that it dropped. */
export async function writeSnapshot(records: readonly SnapshotRecord[], header = headerFor(records)) {
  const parts: Uint8Array[] = []
  const writer = new SnapshotWriter(header, (bytes) => {
    parts.push(bytes)
  })
  for (const record of records) await writer.add(record)
  const dropped = await writer.finish()
  return { bytes: new Uint8Array(Buffer.concat(parts)), dropped }
}

export async function readItems(bytes: Uint8Array, options?: SnapshotReadOptions): Promise<SnapshotItem[]> {
  const items: SnapshotItem[] = []
  for await (const item of readSnapshot(memorySource(NAME, bytes), options)) items.push(item)
  return items
}

/** The encrypted container of docs/formats/samyama.md §3.5 around `plaintext`. */
export function encryptSnapshot(plaintext: Uint8Array, key: Uint8Array, frameBytes = 64 * 1024): Buffer[] {
  const prefix = Buffer.from('prefix!!')
  const frames: Uint8Array[] = []
  for (let at = 0; at < plaintext.length; at += frameBytes) frames.push(plaintext.subarray(at, at + frameBytes))
  const sealed = [...frames, Buffer.from('end')].map((frame, counter) => {
    const place = Buffer.alloc(4)
    place.writeUInt32LE(counter)
    const cipher = createCipheriv('chacha20-poly1305', key, Buffer.concat([prefix, place]), { authTagLength: 16 })
    cipher.setAAD(place, { plaintextLength: frame.length })
    const body = Buffer.concat([cipher.update(frame), cipher.final(), cipher.getAuthTag()])
    const length = Buffer.alloc(4)
    length.writeUInt32LE(body.length)
    return Buffer.concat([length, body])
  })
  return [Buffer.concat([Buffer.from('SGSNAPENC\0\0\x01', 'latin1'), prefix]), ...sealed]
}
