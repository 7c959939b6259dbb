import type { Timeline } from '../format/timelines.ts'

/** A timeline's own part of a path: its sequences from `afterSequence` (exclusive) to `untilSequence`. */
export type PathPart = { readonly timeline: string; readonly afterSequence: number; readonly untilSequence: number }

/** The timeline and those it comes from, oldest first. Parents stand before their forks, so this ends. */
export function pathTo(timeline: string, timelines: readonly Timeline[]): PathPart[] {
  const path: PathPart[] = []
  let untilSequence = Number.MAX_SAFE_INTEGER
  for (let id: string | null = timeline; id !== null; ) {
    const known: Timeline | undefined = timelines.find((each) => each.id === id)
    const forkSequence = known?.forkSequence ?? -1
    path.unshift({ timeline: id, afterSequence: forkSequence, untilSequence })
    untilSequence = Math.min(untilSequence, known?.forkSequence ?? untilSequence)
    id = known?.parent ?? null
  }
  return path
}
