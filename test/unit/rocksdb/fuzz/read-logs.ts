import type { Damage } from '#base/damage.ts'
import { memorySource } from '#base/memory-source.ts'
import { walkCommits } from '../../../../src-main/rocksdb/commits/walk-commits.ts'
import { crc32c } from '../../../../src-main/rocksdb/crc32c.ts'
import { walkLog } from '../../../../src-main/rocksdb/log/walk-log.ts'
import { readManifest } from '../../../../src-main/rocksdb/manifest/read-manifest.ts'
import { loadWal } from '../../../../src-main/rocksdb/wal/load-wal.ts'
import { decodeWriteBatch } from '../../../../src-main/rocksdb/wal/write-batch.ts'
import type { Answer, Files, Input } from '../../../support/fuzz/target.ts'
import { entryText, latin1 } from './entry-text.ts'
import { logNumberOf, onlyFile } from './fixture-inputs.ts'
import { logicalRecords } from './log-repairs.ts'

const WAL_BYTES_MAX = 32 * 1024 * 1024

/** The records of a log, once as they are replayed and once as they are salvaged. */
export function readLog(files: Files): Answer {
  const [name, bytes] = onlyFile(files)
  const items: string[] = []
  const damages: Damage[] = []
  for (const resync of [false, true]) {
    const walk = walkLog(
      memorySource(name, bytes),
      { logNumber: isManifest(name) ? null : logNumberOf(name), resync },
      {
        record(payload) {
          items.push(
            `${resync ? 'salvaged' : 'replayed'} ${payload.length} ${crc32c(payload)} ${latin1(payload.subarray(0, 40))}`,
          )
        },
        compression() {},
        timestampSizes() {},
        predecessor() {},
      },
    )
    damages.push(...walk.damages, ...(walk.tear === null ? [] : [walk.tear]))
  }
  return { items, damages }
}

export function isManifest(name: string): boolean {
  return /MANIFEST-|^manifest\//.test(name)
}

/** What replaying a log as the only one gives. */
export function readWal(files: Files): Answer {
  const [name, bytes] = onlyFile(files)
  const file = { logNumber: logNumberOf(name), open: () => memorySource(name, bytes) }
  const wal = loadWal([file], {
    flushedSequence: 0,
    trackedLogs: [],
    logNumberOf: () => 0,
    maxBytes: WAL_BYTES_MAX,
  })
  const items: string[] = []
  try {
    for (const [family, run] of wal.runs) {
      const cursor = run.iterator()
      for (cursor.seekToFirst(); cursor.valid; cursor.next()) {
        items.push(`${family} ${entryText(cursor.userKey, cursor.sequence, cursor.type, cursor.value)}`)
      }
      cursor.seek(new Uint8Array([0x6b]))
      for (const { begin, end, sequence } of run.rangeTombstones) {
        items.push(`${family} range ${entryText(begin, sequence, 0, end)}`)
      }
    }
  } finally {
    wal.close()
  }
  return { items, damages: wal.damages }
}

/** One write batch by itself. */
export function readBatch(files: Files): Answer {
  const [name, bytes] = onlyFile(files)
  let count = 0
  const header = decodeWriteBatch(
    bytes,
    { file: name, structure: 'write batch', offsetBytes: 0 },
    {
      operation: () => {
        count += 1
      },
    },
  )
  if (count !== header.count) throw new Error(`told ${count} operations, counted ${header.count}`)
  return { items: [], damages: [] }
}

export function readManifestState(files: Files): Answer {
  const [name, bytes] = onlyFile(files)
  const { damages, endOffsetBytes, isTorn, ...state } = readManifest(memorySource(name, bytes))
  if (endOffsetBytes < 0 || endOffsetBytes > bytes.length) throw new Error(`ends at ${endOffsetBytes}`)
  return {
    items: [JSON.stringify([state], (_, value) => (value instanceof Uint8Array ? latin1(value) : value))],
    damages,
  }
}

/** The states after each of the edits: damage ends a replay, and what was replayed before it stays. */
export function manifestStates({ files }: Input): string[] {
  const [name, bytes] = onlyFile(files)
  const { payloads } = logicalRecords(bytes)
  const ends = [0]
  walkLog(memorySource(name, bytes), { logNumber: null }, { record: (_, __, at) => void ends.push(at ?? 0) })
  return ends.flatMap((at, index) => {
    const end = index === 0 ? 0 : at + payloads[index - 1]!.length
    return readManifestState(new Map([[name, bytes.slice(0, end)]])).items
  })
}

/** The commits of one log, as they are walked and as they are salvaged. */
export function readCommits(files: Files): Answer {
  const [name, bytes] = onlyFile(files)
  const items: string[] = []
  const damages: Damage[] = []
  for (const resync of [false, true]) {
    const source = { logNumber: logNumberOf(name), source: memorySource(name, bytes) }
    const way = resync ? 'salvaged' : 'walked'
    const walk = walkCommits(
      [source],
      { lastSequenceBefore: null, resync },
      {
        commit: ({ firstSequence, lastSequence, committedAtUs, families }) =>
          items.push(`${way} ${firstSequence}-${lastSequence} at ${committedAtUs} ${JSON.stringify(families)}`),
        operation: (type, family, sequence, key, value) =>
          items.push(`${way} ${family} ${entryText(key, sequence, type, value)}`),
      },
    )
    damages.push(...walk.damages)
  }
  return { items, damages }
}
