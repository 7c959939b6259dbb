import { archiverGroups } from './agent/archiver-groups.ts'
import { demoGroups } from './agent/demo-groups.ts'
import { fullGroups } from './agent/full-groups.ts'
import { respGroups } from './agent/resp-groups.ts'
import { writersGroups } from './agent/writers-groups.ts'
import type { Benchmark, BenchmarkOptions, Unavailable } from './harness.ts'
import { buildReference } from './reference/build.ts'

/**
 * Backups of a database that works, side by side with RocksDB's BackupEngine and tools: what a full backup takes and what
 * writers feel of it, the archiver, the server. Small: less data and shorter windows, which prove that it runs.
 */
export async function plan({ isSmall }: BenchmarkOptions): Promise<Benchmark | Unavailable> {
  const programs = await buildReference()
  if ('missing' in programs) return programs
  return {
    groups: [
      ...fullGroups(programs, isSmall),
      ...writersGroups(isSmall),
      ...archiverGroups(isSmall),
      ...respGroups(isSmall),
      ...demoGroups(),
    ],
    leftOut: [],
    isTrial: isSmall,
  }
}
