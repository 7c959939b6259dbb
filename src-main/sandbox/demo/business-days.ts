import type { Graph } from '../graph/graph.ts'
import type { DemoAmounts } from './demo-amounts.ts'
import { type Parties, pay, send } from './make-payments.ts'
import type { Random } from './random.ts'

const HOUR_US = 3_600_000_000
const HOURS_PER_DAY = 24
/** how much is done in each hour of a day */
const BUSY_HOURS = [1, 1, 1, 1, 1, 2, 4, 9, 13, 14, 14, 17, 19, 16, 13, 13, 15, 19, 20, 16, 11, 7, 4, 2] as const
const BUSIEST = 20

/** When payments are made, in busy and in quiet hours; ascending, Unix microseconds. */
export function businessTimes(random: Random, count: number, afterUs: number, untilUs: number): number[] {
  const times: number[] = []
  while (times.length < count) {
    const timeUs = afterUs + random.integer(untilUs - afterUs)
    const hour = Math.floor(timeUs / HOUR_US) % HOURS_PER_DAY
    if (random.isLucky((BUSY_HOURS[hour] ?? 1) / BUSIEST)) times.push(timeUs)
  }
  return times.sort((left, right) => left - right)
}

/** The part of all payments and transfers that falls on one commit. */
export function doBusiness(
  graph: Graph,
  random: Random,
  parties: Parties,
  { amounts, index, nowMs }: { readonly amounts: DemoAmounts; readonly index: number; readonly nowMs: number },
): void {
  const upTo = (total: number, commits: number) => Math.floor((commits * total) / amounts.commits)
  const part = (total: number) => upTo(total, index + 1) - upTo(total, index)
  for (let count = part(amounts.payments); count > 0; count -= 1) pay(graph, random, parties, nowMs)
  for (let count = part(amounts.transfers); count > 0; count -= 1) send(graph, random, parties, nowMs)
}
