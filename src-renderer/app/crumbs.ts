import type { Server, Source } from '#contract'
import { backupHref, type Route, sourceHref } from '../base/routes.ts'
import { backupTabTitles } from '../places/parts/words.ts'
import type { Crumb } from '../ui/Breadcrumbs.svelte'

/** What the names of places are found in. */
type Named = {
  readonly sources: { find(sourceId: number): Source | null }
  readonly servers: { find(serverId: number): Server | null }
}

/** The way to a place, for the title bar and the window's title. The last crumb is the place itself. */
export function crumbsOf(route: Route, named: Named): readonly Crumb[] {
  switch (route.place) {
    case 'home':
      return [here('Readiness')]
    case 'activity':
      return [here('Activity')]
    case 'settings':
      return [here('Settings')]
    case 'unknown':
      return [here('Nothing here')]
    case 'server':
      return [here(named.servers.find(route.serverId)?.name ?? `Server ${route.serverId}`)]
    case 'source':
      return [here(sourceName(route.sourceId, named))]
    case 'backup':
      return [...upToBackup(route, named), here(backupTabTitles[route.tab])]
    case 'compare':
      return [{ title: sourceName(route.sourceId, named), href: sourceHref(route.sourceId) }, here('Compare')]
    case 'recover':
      return [
        { title: sourceName(route.sourceId, named), href: sourceHref(route.sourceId) },
        here('Restore to a point'),
      ]
    case 'restore':
      return [...upToBackup(route, named), here('Restore')]
  }
}

function upToBackup(route: { sourceId: number; backupId: number }, named: Named): Crumb[] {
  return [
    { title: sourceName(route.sourceId, named), href: sourceHref(route.sourceId) },
    { title: `Backup ${route.backupId}`, href: backupHref(route, 'overview') },
  ]
}

function sourceName(sourceId: number, { sources }: Named): string {
  return sources.find(sourceId)?.name ?? `Repository ${sourceId}`
}

function here(title: string): Crumb {
  return { title, href: null }
}
