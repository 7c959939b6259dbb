import type { Random } from '../../../../src-main/sandbox/demo/random.ts'
import type { Graph, GraphNode } from '../../../../src-main/sandbox/graph/graph.ts'
import type { GraphStore } from '../../../../src-main/sandbox/store/graph-store.ts'

export const BANK_TOTAL = 20_000n
const FIRST_ACCOUNTS = 20

function balanceOf(account: GraphNode): bigint {
  const balance = account.properties.get('balance')
  return balance?.type === 'integer' ? balance.value : -1n
}

/** Balances of all accounts together, which no transaction changes. */
export function totalOf(graph: Graph): bigint {
  let total = 0n
  for (const account of graph.nodes('Account')) total += balanceOf(account)
  return total
}

/** Opens accounts with the whole total on them, where there are none. */
export async function openBank(store: GraphStore): Promise<void> {
  if (store.read('default', (graph) => graph.nodeCount('Account')) > 0) return
  await store.transaction('default', (graph) => {
    for (let index = 0; index < FIRST_ACCOUNTS; index += 1) openAccount(graph, BANK_TOTAL / BigInt(FIRST_ACCOUNTS))
  })
}

/** One transaction: money is moved along a new edge, an account is opened, or one is emptied and closed with its edges. */
export function doBusiness(graph: Graph, random: Random): void {
  const accounts = [...graph.nodes('Account')]
  const from = random.pick(accounts)
  const to = random.pick(accounts)
  if (from.id === to.id) return
  const choice = random.integer(10)
  if (choice === 0) graph.createEdge('OPENED', from.id, openAccount(graph, 0n).id, new Map())
  else if (choice === 1 && accounts.length > 5) closeAccount(graph, from, to)
  else move(graph, from, to, BigInt(random.integer(Number(balanceOf(from)) + 1)))
}

function move(graph: Graph, from: GraphNode, to: GraphNode, amount: bigint): void {
  setBalance(graph, from, balanceOf(from) - amount)
  graph.createEdge('SENT', from.id, to.id, new Map([['amount', { type: 'integer', value: amount }]]))
  setBalance(graph, to, balanceOf(to) + amount)
}

function closeAccount(graph: Graph, account: GraphNode, heir: GraphNode): void {
  setBalance(graph, heir, balanceOf(heir) + balanceOf(account))
  for (const edge of graph.edgesOf(account.id, 'both', [])) graph.deleteEdge(edge.id)
  graph.deleteNode(account.id)
}

function openAccount(graph: Graph, balance: bigint): GraphNode {
  return graph.createNode(['Account'], new Map([['balance', { type: 'integer', value: balance }]]))
}

function setBalance(graph: Graph, account: GraphNode, balance: bigint): void {
  graph.updateNode(account.id, account.labels, new Map([['balance', { type: 'integer', value: balance }]]))
}
