import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { AppError } from '#base/app-error.ts'
import { systemClock } from '#base/clock.ts'
import { fileError } from '#base/file-error.ts'
import { graphCommands } from '../sandbox/graph-commands.ts'
import { GraphStore } from '../sandbox/store/graph-store.ts'
import type { ArchiveLine } from './archive-line.ts'
import { type CreateAgentOptions, createAgent, type RunningAgent } from './create-agent.ts'
import { finishSwitch, pathBeside } from './database-places.ts'
import { ServedStore } from './served-store.ts'

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
  // nothing is acknowledged before there is somebody to archive it
  const archive = Promise.withResolvers<ArchiveLine>()
  const served = await ServedStore.open({
    dataPath,
    open: () =>
      GraphStore.open(dataPath, {
        clock,
        durability: options.isSynchronous ? 'disk' : 'process',
        ...(options.isSynchronous
          ? { acknowledge: ({ lastSequence }) => archived(archive.promise, lastSequence) }
          : {}),
      }),
  })
  try {
    const running = await createAgent({
      ...options,
      program: 'sandbox',
      databaseDirectory: dataPath,
      cooperation: {
        commands: graphCommands({ store: () => served.get(), clock, random: options.random }),
        lastSequence: () => served.last.lastSequence,
        // a backup of tables is restored at once; what is in the log would have to be replayed
        beforeFull: async () => {
          // a store that writes no more is all the more worth a backup
          if (served.last.failure === null) await served.last.flush()
        },
        inPlace: (line) => ({
          pathBeside: () => pathBeside(dataPath, clock.nowUs()),
          switchTo: (restoredPath) => served.switchTo(restoredPath, line),
        }),
      },
    })
    archive.resolve(running.archive)
    const close = async () => {
      await served.last.settled()
      await running.close()
      await served.close()
    }
    return {
      ...running,
      get store() {
        return served.last
      },
      close,
    }
  } catch (cause) {
    await served.close()
    throw cause
  }
}

/** @throws AppError that says that the change is made: whoever sends it again makes it twice */
async function archived(archive: Promise<ArchiveLine>, sequence: number): Promise<void> {
  try {
    await (await archive).reached(sequence)
  } catch (cause) {
    const { code, facts } = cause instanceof AppError ? cause : { code: 'IO_FAILED' as const, facts: null }
    throw new AppError(
      code,
      {
        message: `the change is in the database, but not in the archive (${facts?.message ?? String(cause)})`,
        subject: facts?.subject,
        unharmed: 'It is archived as soon as that is possible.',
        nextStep: 'Do not send it again. ADMIN.BACKUP STATUS tells when the archive has caught up.',
      },
      { cause },
    )
  }
}

function makeDirectory(path: string): string {
  const directory = resolve(path)
  finishSwitch(directory)
  try {
    mkdirSync(directory, { recursive: true })
  } catch (cause) {
    throw fileError(cause, directory)
  }
  return directory
}
