import { laneCountMax } from './things.ts'

/** Where the parts of a timeline are, from its top, in pixels. */
export const signsPx = 13
export const columnsTopPx = 30
export const axisPx = 126
export const lanePx = 6
const textsPx = 18

/** Where the lane of a line of commits is. */
export function laneTopPx(index: number): number {
  return axisPx + 5 + index * lanePx
}

/** The whole of it. */
export function heightPx(laneCount: number): number {
  return laneTopPx(Math.min(laneCount, laneCountMax)) + textsPx
}
