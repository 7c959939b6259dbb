import type { Benchmark, BenchmarkOptions, Unavailable } from './harness.ts'
import { restoreGroups } from './recovery/restore-groups.ts'
import { tailGroups } from './recovery/tail-groups.ts'
import { buildReference } from './reference/build.ts'

/** Bringing a database back, side by side with RocksDB's BackupEngine. Small: less data, which proves that it runs. */
export async function plan({ isSmall }: BenchmarkOptions): Promise<Benchmark | Unavailable> {
  const programs = await buildReference()
  if ('missing' in programs) return programs
  return { groups: [...restoreGroups(programs, isSmall), ...tailGroups(programs)], leftOut: [], isTrial: isSmall }
}
