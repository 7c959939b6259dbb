import type { BenchmarkOptions, Group, PlannedGroup } from '../harness.ts'
import { dropDatabase, madeDatabase } from '../reference/databases.ts'
import { orderedTables } from './shapes.ts'
import { inNewProcess } from './subjects.ts'

const ROWS = 100
const MILLISECONDS_MAX = 100
const RSS_GROWTH_MEBIBYTES_MAX = 64
const KEPT_MEGABYTES_MAX = 1000

/** The first page of a database at several sizes: it must not depend on them. */
export function pageGroups(sizesMegabytes: readonly number[], options: BenchmarkOptions): PlannedGroup[] {
  return sizesMegabytes.map((megabytes) => {
    const shape = orderedTables(megabytes)
    const isKept = options.keepsData || megabytes <= KEPT_MEGABYTES_MAX
    return {
      name: pageGroupName(megabytes),
      prepare: () => firstPage(megabytes),
      drop: () => isKept || dropDatabase(shape),
    }
  })
}

export function pageGroupName(megabytes: number): string {
  return `first-page-${megabytes}mb`
}

async function firstPage(megabytes: number): Promise<Group> {
  const shape = orderedTables(megabytes)
  const directory = await madeDatabase(shape)
  const ours = `Lifeboat, first page of ${megabytes} MB, a new process each`
  return {
    parameters: { database: shape.name, rows: ROWS },
    subjects: [inNewProcess(ours, { kind: 'first-page', directory, rows: ROWS })],
    bars: [
      { subject: ours, figure: 'milliseconds', max: MILLISECONDS_MAX },
      { subject: ours, figure: 'rssGrowthMebibytes', max: RSS_GROWTH_MEBIBYTES_MAX },
    ],
  }
}
