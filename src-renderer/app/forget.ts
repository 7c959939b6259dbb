import type { Source } from '#contract'
import type { Stores } from '../stores/stores.ts'

/** Takes a repository out of the list, and offers to undo it. Its directory is not touched. */
export async function forgetSource(stores: Stores, source: Source): Promise<void> {
  const { sources, notices, navigation } = stores
  const isDone = await notices.attempt('The repository was not forgotten.', () => sources.forget(source.sourceId))
  if (!isDone) return
  const { route } = navigation
  if ('sourceId' in route && route.sourceId === source.sourceId) navigation.replace('#/')
  const undo = () => void notices.attempt('It could not be opened again.', () => sources.open(source.path))
  notices.say(`${source.name} is forgotten. Nothing in its directory was touched.`, { title: 'Undo', run: undo })
}
