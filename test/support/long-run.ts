/** The numbers of a test: few in a test run, all of them with LIFEBOAT_LONG=1. */
export const isLongRun = process.env.LIFEBOAT_LONG === '1'

export function inRun<Value>({ short, long }: { short: Value; long: Value }): Value {
  return isLongRun ? long : short
}

/** A seed that is printed, or the one that LIFEBOAT_SEED names. */
export function printedSeed(what: string): number {
  const seed = Number(process.env.LIFEBOAT_SEED ?? Math.floor(Math.random() * 2 ** 31))
  console.info(`${what}: seed ${seed}`)
  return seed
}
