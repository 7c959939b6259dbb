import { BodyReader } from './body-reader.ts'
import { UUID } from './identity.ts'

export const TIMELINES_FILE = 'timelines.json'
export const TIMELINE_ID = /^[1-9][0-9]{0,14}$/

/** One line of commits. A fork shares with its parent the commits up to `forkSequence`. */
export type Timeline = {
  readonly id: string
  readonly databaseId: string | null
  readonly parent: string | null
  readonly forkSequence: number | null
  readonly createdAtUs: number
}

export type Timelines = { readonly current: string; readonly timelines: readonly Timeline[] }

/** What holds where nothing was written yet. */
export function firstTimelines(createdAtUs: number): Timelines {
  const first = { id: '1', databaseId: null, parent: null, forkSequence: null, createdAtUs }
  return { current: '1', timelines: [first] }
}

/** @throws DamageError, also for a timeline that is not younger than its parent: there are no circles */
export function parseTimelines(body: unknown): Timelines {
  const reader = new BodyReader(TIMELINES_FILE, body)
  const seen = new Set<string>()
  const timelines = reader.objects('timelines', (item) => {
    const timeline = parseTimeline(item)
    if (seen.has(timeline.id)) throw item.damage('id', 'an id that stands once', timeline.id)
    if (timeline.parent !== null && !seen.has(timeline.parent)) {
      throw item.damage('parent', 'a timeline before it', timeline.parent)
    }
    seen.add(timeline.id)
    return timeline
  })
  const current = reader.matching('current', TIMELINE_ID, 'the id of a timeline')
  if (!seen.has(current)) throw reader.damage('current', 'one of the timelines', current)
  return { current, timelines }
}

function parseTimeline(item: BodyReader): Timeline {
  const parent = item.nullable('parent', (name) => item.matching(name, TIMELINE_ID, 'the id of a timeline'))
  const forkSequence = item.nullable('forkSequence', (name) => item.count(name))
  if ((parent === null) !== (forkSequence === null)) {
    throw item.damage('forkSequence', 'a sequence for a fork, null otherwise', forkSequence)
  }
  return {
    id: item.matching('id', TIMELINE_ID, 'the id of a timeline'),
    databaseId: item.nullable('databaseId', (name) => item.matching(name, UUID, 'a uuid')),
    parent,
    forkSequence,
    createdAtUs: item.count('createdAtUs'),
  }
}
