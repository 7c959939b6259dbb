import type { Benchmark, BenchmarkOptions, Unavailable } from './harness.ts'
import { logGroups } from './reader/log-groups.ts'
import { pageGroupName, pageGroups } from './reader/page-groups.ts'
import { tablesGroups } from './reader/tables-groups.ts'
import { buildReference } from './reference/build.ts'

const PAGE_SIZES_MEGABYTES = [100, 1000]
const LARGE_PAGE_SIZE_MEGABYTES = 10_000

/** Reads databases that db_bench made, page cache warm, side by side with RocksDB's tools and library. */
export async function plan(options: BenchmarkOptions): Promise<Benchmark | Unavailable> {
  const programs = await buildReference()
  if ('missing' in programs) return programs
  const sizes = options.isSmall ? PAGE_SIZES_MEGABYTES : [...PAGE_SIZES_MEGABYTES, LARGE_PAGE_SIZE_MEGABYTES]
  return {
    groups: [...tablesGroups(programs), ...logGroups(programs), ...pageGroups(sizes, options)],
    leftOut: options.isSmall ? [pageGroupName(LARGE_PAGE_SIZE_MEGABYTES)] : [],
  }
}
