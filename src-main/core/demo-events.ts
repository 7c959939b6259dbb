import { z } from 'zod'
import { limits } from '#base/limits.ts'
import { BackupId, Count, TimeUs } from '../contract/common.ts'

/** What the demo's sandbox tells on its standard output, one JSON object a line. */
const DemoEvent = z.discriminatedUnion('event', [
  z.object({ event: z.literal('listening'), host: z.string().min(1), port: z.number().int().min(1).max(65535) }),
  z.object({ event: z.literal('demo'), step: z.string().max(1000), doneCount: Count, totalCount: Count }),
  z.object({
    event: z.literal('demo-ready'),
    accidentAtUs: TimeUs,
    lastGoodSequence: Count,
    fullId: BackupId,
    incrementIds: z.array(BackupId).max(1000),
  }),
])
export type DemoEvent = z.infer<typeof DemoEvent>

/** Puts chunks of text together to lines, and lines to events. What is no event is passed over. */
export class DemoEventReader {
  #pending = ''

  push(chunk: string): DemoEvent[] {
    const lines = (this.#pending + chunk).split('\n')
    // a line that does not end is none of ours
    this.#pending = (lines.pop() ?? '').slice(0, limits.demoLineCharactersMax)
    return lines.map(eventOf).filter((event) => event !== null)
  }
}

function eventOf(line: string): DemoEvent | null {
  try {
    return DemoEvent.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}
