import { gunzipSync, gzipSync } from 'node:zlib'
import type { Damage } from '#base/damage.ts'
import { memorySource } from '#base/memory-source.ts'
import { readSnapshot } from '../../../../src-main/samyama/snapshot/read-snapshot.ts'
import { SnapshotWriter } from '../../../../src-main/samyama/snapshot/snapshot-writer.ts'
import { type Mutation, textMutations } from '../../../support/fuzz/mutations.ts'
import { pick } from '../../../support/fuzz/random.ts'
import type { Answer, Files, Input } from '../../../support/fuzz/target.ts'
import { sampleRows } from './read-rows.ts'

export async function snapshotInputs(): Promise<Input[]> {
  const rows = sampleRows('B')
  const nodes = rows.filter((row) => row.type === 'node')
  const edges = rows.filter((row) => row.type === 'edge')
  const parts: Uint8Array[] = []
  const writer = new SnapshotWriter(
    {
      version: 2,
      tenant: 'default',
      nodeCount: nodes.length,
      edgeCount: edges.length,
      labels: ['Person'],
      edgeTypes: ['KNOWS'],
      createdAt: '2026-08-01T12:00:00Z',
      samyamaVersion: '1.11.0',
      dropped: [],
      queries: null,
    },
    (bytes) => void parts.push(bytes),
  )
  for (const row of [...nodes, ...edges]) await writer.add(row)
  await writer.finish()
  const name = 'graph.sgsnap'
  return [{ name, files: new Map([[name, new Uint8Array(Buffer.concat(parts))]]) }]
}

/** Every record; those of a damaged snapshot are not compared, because its checksum stands behind them all. */
export async function readAllOfSnapshot(files: Files): Promise<Answer> {
  const [name, bytes] = [...files][0]!
  const items: string[] = []
  const damages: Damage[] = []
  let endCount = 0
  for await (const item of readSnapshot(memorySource(name, bytes))) {
    if (item.type === 'damage') damages.push(item.damage)
    if (item.type === 'end') endCount += 1
    else items.push(JSON.stringify(item, (_, value) => (typeof value === 'bigint' ? `${value}n` : value)))
  }
  if (endCount !== 1) throw new Error(`${endCount} ends`)
  return { items: damages.length === 0 ? items : [], damages }
}

/** A mutation of the text in the packing. */
export const snapshotRepairs: readonly Mutation[] = [
  {
    name: 'snapshot packed again',
    kind: 'repairs',
    apply: (bytes, random) => {
      const text = new Uint8Array(gunzipSync(bytes))
      return new Uint8Array(gzipSync(pick(textMutations, random).apply(text, random, text)))
    },
  },
]
