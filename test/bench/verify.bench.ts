import type { Benchmark, Group, Unavailable } from './harness.ts'
import { verifyWithLifeboat } from './lifeboat-verify.ts'
import { madeBackups, verifyWithRocksdb } from './reference/backups.ts'
import { buildReference, type ReferencePrograms } from './reference/build.ts'

const THREADS = 2
const shape = { storedMebibytes: 1126, backups: 6 }

/**
 * Verifies six backups that share files, with checksums, page cache warm. RocksDB reads a shared file once per
 * backup (2.7 GB, at the 1.1 GB/s of a CRC32C without hardware); to read each file once is 1.2 GB, which two
 * threads with hardware CRC could do in 0.1 s.
 */
export async function plan(): Promise<Benchmark | Unavailable> {
  const programs = await buildReference()
  if ('missing' in programs) return programs
  return { groups: [{ name: 'verify', prepare: () => prepare(programs) }], leftOut: [] }
}

async function prepare(programs: ReferencePrograms): Promise<Group> {
  const directory = await madeBackups(programs, shape)
  const ours = await verifyWithLifeboat(directory, THREADS)
  return {
    parameters: { ...shape, threads: THREADS },
    subjects: [verifyWithRocksdb(programs, directory, THREADS), ours],
    bars: [7, 14].map((ratioMin) => ({ subject: ours.name, ratioMin })),
  }
}
