import type { DecodedRow } from '../../src-main/samyama/codec.ts'
import { Random } from '../../src-main/sandbox/demo/random.ts'
import { BackupClient } from './backup-client.ts'
import type { ReadState } from './repository-states.ts'
import { connectTo } from './serving-process.ts'

const ACCOUNTS = 20
const BALANCE = 1000
const BANK_TOTAL = ACCOUNTS * BALANCE

/** Clients of a sandbox that move money between accounts, open some and close some, until they are stopped. */
export class BankClients {
  readonly #port: number
  readonly #random: Random
  readonly #working: Promise<void>[] = []
  #isStopped = false
  #answeredCount = 0
  #lastNumber = ACCOUNTS

  private constructor(port: number, seed: number) {
    this.#port = port
    this.#random = new Random(seed)
  }

  static async start(port: number, { clientCount, seed }: { clientCount: number; seed: number }): Promise<BankClients> {
    const bank = new BankClients(port, seed)
    const first = new BackupClient(await connectTo(port))
    await first.query(`UNWIND range(1, ${ACCOUNTS}) AS n CREATE (:Account {n: n, balance: ${BALANCE}})`)
    for (let index = 0; index < clientCount; index += 1) bank.#working.push(bank.#work())
    return bank
  }

  get answeredCount(): number {
    return this.#answeredCount
  }

  /** Resolves when everything was answered. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all(this.#working)
  }

  async #work(): Promise<void> {
    const client = new BackupClient(await connectTo(this.#port))
    while (!this.#isStopped) {
      await client.query(this.#business())
      this.#answeredCount += 1
    }
  }

  #business(): string {
    const [from, to] = [this.#account(), this.#account()]
    const both = `MATCH (a:Account {n: ${from}}), (b:Account {n: ${to}})`
    const choice = this.#random.integer(12)
    if (from === to || choice === 0) {
      this.#lastNumber += 1
      return `MATCH (a:Account {n: ${from}}) CREATE (a)-[:OPENED]->(:Account {n: ${this.#lastNumber}, balance: 0})`
    }
    if (choice === 1 && from > ACCOUNTS) return `${both} SET b.balance = b.balance + a.balance DETACH DELETE a`
    const amount = this.#random.integer(50)
    return `${both} SET a.balance = a.balance - ${amount}, b.balance = b.balance + ${amount} CREATE (a)-[:SENT {amount: ${amount}}]->(b)`
  }

  #account(): number {
    return 1 + this.#random.integer(this.#lastNumber)
  }
}

/** What is wrong with the bank in a state: nothing at any instant. */
export function bankProblems({ nodes, edges }: ReadState): string[] {
  const total = nodes.reduce((sum, row) => sum + balanceOf(row), 0)
  const ids = new Set(nodes.map(({ id }) => id))
  const loose = edges.filter(({ source, target }) => !ids.has(source ?? '') || !ids.has(target ?? ''))
  return [
    ...(total === BANK_TOTAL ? [] : [`the total is ${total}`]),
    ...loose.map(({ id }) => `edge ${id} lacks an end`),
  ]
}

function balanceOf({ properties }: DecodedRow): number {
  return Number(properties.find(({ name }) => name === 'balance')?.text)
}
