import type { Graph } from '../graph/graph.ts'
import type { DemoAmounts } from './demo-amounts.ts'
import type { History } from './history.ts'
import { createAccount, createCustomer, createDevice, createMerchant } from './make-nodes.ts'
import type { Parties } from './make-payments.ts'
import type { Random } from './random.ts'
import { dateTime, properties } from './values.ts'

const ROWS_PER_COMMIT = 250
/** between one commit and the next, and at most twice as long */
const STEP_US = 7_300_000

/** The first import of a graph, table after table: customers, their accounts and devices, merchants. */
export async function importParties(
  history: History,
  random: Random,
  amounts: DemoAmounts,
  startUs: number,
): Promise<Parties> {
  const table = importTable(history, random, startUs)
  const customerIds = await table(amounts.customers, (graph, index, nowMs) =>
    createCustomer(graph, random, index, nowMs),
  )
  // everybody has an account before anybody has two
  const ownerOf = (index: number) => customerIds[index] ?? random.pick(customerIds)
  const accounts = await table(amounts.accounts, (graph, index, nowMs) =>
    createAccount(graph, random, ownerOf(index), nowMs),
  )
  const merchants = await table(amounts.merchants, (graph) => createMerchant(graph, random))
  await table(amounts.devices, (graph, index, nowMs) => {
    const users = Array.from({ length: index % 3 === 0 ? 2 : 1 }, () => random.pick(customerIds))
    createDevice(graph, random, users, nowMs)
  })
  await table(amounts.referrals, (graph, _index, nowMs) => {
    const fields = properties({ at: dateTime(nowMs) })
    graph.createEdge('REFERRED', random.pick(customerIds), random.pick(customerIds), fields)
  })
  return { accounts, merchants }
}

/** Creates many of a kind, some hundred in a commit. */
function importTable(history: History, random: Random, startUs: number) {
  let timeUs = startUs
  return async <Item>(count: number, create: (graph: Graph, index: number, nowMs: number) => Item): Promise<Item[]> => {
    const items: Item[] = []
    while (items.length < count) {
      const from = items.length
      const length = Math.min(ROWS_PER_COMMIT, count - from)
      const created = await history.commit(timeUs, (graph, nowMs) =>
        Array.from({ length }, (_, index) => create(graph, from + index, nowMs)),
      )
      items.push(...created)
      timeUs += STEP_US + random.integer(STEP_US)
    }
    return items
  }
}
