/** Whole numbers from 0 to below the argument. */
export type Random = (below: number) => number

/** The numbers of one case: the same on every machine, whatever ran before it (mulberry32). */
export function caseRandom(seed: number, targetName: string, caseIndex: number): Random {
  let state = hash(`${seed} ${targetName} ${caseIndex}`)
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

export function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[random(items.length)]!
}

/** FNV-1a */
function hash(text: string): number {
  let state = 0x811c9dc5
  for (let index = 0; index < text.length; index += 1) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193)
  return state >>> 0
}
