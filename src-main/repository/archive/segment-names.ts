const SEGMENT = /^([0-9]{20})\.wal$/

/** Where the segments of a timeline lie, seen from the repository. */
export function timelineFolder(timeline: string): string {
  return `wal/${timeline}`
}

export function segmentName(firstSequence: number): string {
  return `${firstSequence.toString().padStart(20, '0')}.wal`
}

export function indexName(segment: string): string {
  return segment.replace(/\.wal$/, '.idx')
}

export function isSegmentName(name: string): boolean {
  return firstSequenceOf(SEGMENT, name) !== null
}

/** The sequence in the name of a segment. */
export function firstSequenceInName(segment: string): number {
  return firstSequenceOf(SEGMENT, segment) ?? 0
}

/** Null for another name, and for a number that no segment has. */
function firstSequenceOf(pattern: RegExp, name: string): number | null {
  const digits = pattern.exec(name)?.[1]
  const sequence = Number(digits)
  return digits !== undefined && sequence <= Number.MAX_SAFE_INTEGER ? sequence : null
}
