import type { Graph } from '../graph/graph.ts'
import { type DemoAccount, type DemoMerchant, withProperty } from './make-nodes.ts'
import { methods } from './people-and-places.ts'
import type { Random } from './random.ts'
import { boolean, dateTime, integer, properties, text } from './values.ts'

/** Those who pay, and those who are paid. */
export type Parties = { readonly accounts: readonly DemoAccount[]; readonly merchants: readonly DemoMerchant[] }

/** One account pays a merchant. */
export function pay(graph: Graph, random: Random, { accounts, merchants }: Parties, nowMs: number): void {
  const account = random.pick(accounts)
  const merchant = random.pick(merchants)
  const amountCents = random.between(100, merchant.centsMax)
  const fields = {
    amountCents: integer(amountCents),
    currency: text(account.currency),
    at: dateTime(nowMs),
    method: text(random.pick(methods)),
    contactless: boolean(random.isLucky(0.7)),
    reference: text(
      `P${random
        .integer(2 ** 32)
        .toString(36)
        .toUpperCase()}`,
    ),
  }
  graph.createEdge('PAID', account.nodeId, merchant.nodeId, properties(fields))
  changeBalance(graph, account.nodeId, -amountCents)
}

/** One account sends money to another: the sum of all balances stays. */
export function send(graph: Graph, random: Random, { accounts }: Parties, nowMs: number): void {
  const from = random.pick(accounts)
  const to = random.pick(accounts)
  const amountCents = random.between(500, 120_000)
  const fields = { amountCents: integer(amountCents), currency: text(from.currency), at: dateTime(nowMs) }
  graph.createEdge('SENT', from.nodeId, to.nodeId, properties(fields))
  changeBalance(graph, from.nodeId, -amountCents)
  changeBalance(graph, to.nodeId, amountCents)
}

function changeBalance(graph: Graph, accountId: number, byCents: number): void {
  const account = graph.node(accountId)
  const balance = account?.properties.get('balanceCents')
  if (account === null || balance?.type !== 'integer') return
  const changed = { type: 'integer', value: balance.value + BigInt(byCents) } as const
  graph.updateNode(accountId, account.labels, withProperty(account.properties, 'balanceCents', changed))
}
