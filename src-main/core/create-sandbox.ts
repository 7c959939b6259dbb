import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { systemClock } from '#base/clock.ts'
import { fileError } from '#base/file-error.ts'
import { graphCommands } from '../sandbox/graph-commands.ts'
import { GraphStore } from '../sandbox/store/graph-store.ts'
import { type CreateAgentOptions, createAgent, type RunningAgent } from './create-agent.ts'

export type CreateSandboxOptions = Omit<CreateAgentOptions, 'program' | 'cooperation' | 'databaseDirectory'> & {
  /** made when it is not there */
  readonly dataPath: string
  /** a write is answered when it is archived and both are on the disk */
  readonly isSynchronous: boolean
  /** 0 ≤ x < 1, for rand() in queries */
  readonly random: () => number
}

export type RunningSandbox = RunningAgent & { readonly store: GraphStore }

/**
 * A small graph server on RocksDB with the agent built in.
 * @throws AppError as GraphStore.open and createAgent
 */
export async function createSandbox(options: CreateSandboxOptions): Promise<RunningSandbox> {
  const clock = options.clock ?? systemClock
  const dataPath = makeDirectory(options.dataPath)
  let archived: (sequence: number) => Promise<void> = async () => {}
  const store = await GraphStore.open(dataPath, {
    clock,
    durability: options.isSynchronous ? 'disk' : 'process',
    acknowledge: ({ lastSequence }) => archived(lastSequence),
  })
  try {
    const running = await createAgent({
      ...options,
      program: 'sandbox',
      databaseDirectory: dataPath,
      cooperation: {
        commands: graphCommands({ store, clock, random: options.random }),
        lastSequence: () => store.lastSequence,
        // a backup of tables is restored at once; what is in the log would have to be replayed
        beforeFull: () => store.flush(),
      },
    })
    if (options.isSynchronous) archived = (sequence) => running.archive.reached(sequence)
    const close = async () => {
      await store.settled()
      await running.close()
      await store.close()
    }
    return { ...running, store, close }
  } catch (cause) {
    await store.close()
    throw cause
  }
}

function makeDirectory(path: string): string {
  const directory = resolve(path)
  try {
    mkdirSync(directory, { recursive: true })
  } catch (cause) {
    throw fileError(cause, directory)
  }
  return directory
}
