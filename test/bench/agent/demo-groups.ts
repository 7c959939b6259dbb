import type { Group, PlannedGroup } from '../harness.ts'
import { dropWork, emptyDirectory } from './places.ts'
import { startServer } from './programs.ts'

const SECONDS_MAX = [60, 15]

/** How long somebody waits for the demonstration. */
export function demoGroups(): PlannedGroup[] {
  return [{ name: 'demo', prepare: demo, drop: dropWork }]
}

async function demo(): Promise<Group> {
  const name = 'lifeboat sandbox --demo, until it is ready'
  return {
    parameters: {},
    subjects: [
      {
        name,
        async measure() {
          const paths = { data: emptyDirectory('demo-data'), repository: emptyDirectory('demo-repository') }
          const startedMs = performance.now()
          const server = await startServer('sandbox', paths, ['--demo'], true)
          await server.event('demo-ready')
          const seconds = (performance.now() - startedMs) / 1000
          await server.close()
          return { seconds, bytes: 0, readBytes: 0, figures: { secondsToReady: seconds } }
        },
        close: async () => {},
      },
    ],
    bars: SECONDS_MAX.map((max) => ({ subject: name, figure: 'secondsToReady', max })),
  }
}
