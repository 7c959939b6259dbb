import { BackupClient } from './backup-client.ts'
import type { ReadState } from './repository-states.ts'
import { connectTo } from './serving-process.ts'

type Acknowledged = { readonly number: number; readonly answeredAtUs: number }

/** Clients of a sandbox that create nodes with numbers, until it does not answer or they are stopped. */
export class NumberedWrites {
  /** in the order of their answers */
  readonly acknowledged: Acknowledged[] = []
  readonly #working: Promise<void>[] = []
  #nextNumber: number
  #isStopped = false

  private constructor(firstNumber: number) {
    this.#nextNumber = firstNumber
  }

  static async start(
    port: number,
    { clientCount, firstNumber }: { clientCount: number; firstNumber: number },
  ): Promise<NumberedWrites> {
    const writes = new NumberedWrites(firstNumber)
    for (let index = 0; index < clientCount; index += 1) writes.#working.push(writes.#work(await connectTo(port)))
    return writes
  }

  /** Asks the clients to end, and waits for the last answers. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.ended()
  }

  /** Resolves when no client works any more. */
  async ended(): Promise<void> {
    await Promise.all(this.#working)
  }

  async #work(redis: Awaited<ReturnType<typeof connectTo>>): Promise<void> {
    const client = new BackupClient(redis)
    while (!this.#isStopped) {
      const number = this.#nextNumber
      this.#nextNumber += 1
      try {
        await client.query(`CREATE (:Write {number: ${number}})`)
      } catch {
        return
      }
      this.acknowledged.push({ number, answeredAtUs: Date.now() * 1000 })
    }
  }
}

/** The numbers of the nodes in a state. */
export function numbersIn({ nodes }: ReadState): Set<number> {
  return new Set(
    nodes.flatMap(({ labels, properties }) =>
      labels[0] === 'Write' ? [Number(properties.find(({ name }) => name === 'number')?.text)] : [],
    ),
  )
}
