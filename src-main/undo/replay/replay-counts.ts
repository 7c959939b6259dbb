/** What a replay does, or would do. */
export type ReplayCounts = {
  readonly nodes: {
    createdCount: number
    /** there already, from an earlier run or with their old id */
    alreadyCount: number
    /** their id belongs to a node with other content */
    conflictingCount: number
    /** longer than the server takes in one query */
    tooLongCount: number
  }
  readonly edges: {
    createdCount: number
    alreadyCount: number
    /** a node at one of their ends is neither there nor brought back */
    endlessCount: number
    tooLongCount: number
  }
  /** of nodes and edges that were changed, not removed */
  readonly properties: SettingCounts & {
    /** of a type that Cypher cannot write, or too long */
    unwritableCount: number
  }
  readonly labels: Omit<SettingCounts, 'conflictingCount'>
  /** properties of created nodes and edges that Cypher cannot write: they come back without them */
  leftOutCount: number
  /** nodes and edges that a lost query made a second time, and that were deleted again */
  duplicateCount: number
  /** the first hundred, in sentences */
  readonly conflicts: string[]
}

type SettingCounts = {
  setCount: number
  alreadyCount: number
  /** changed since to something else */
  conflictingCount: number
  /** the node or edge was deleted since */
  goneCount: number
}

export const CONFLICTS_SHOWN_MAX = 100

export function emptyCounts(): ReplayCounts {
  return {
    nodes: { createdCount: 0, alreadyCount: 0, conflictingCount: 0, tooLongCount: 0 },
    edges: { createdCount: 0, alreadyCount: 0, endlessCount: 0, tooLongCount: 0 },
    properties: { setCount: 0, alreadyCount: 0, conflictingCount: 0, goneCount: 0, unwritableCount: 0 },
    labels: { setCount: 0, alreadyCount: 0, goneCount: 0 },
    leftOutCount: 0,
    duplicateCount: 0,
    conflicts: [],
  }
}
