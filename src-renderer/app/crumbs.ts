import type { Source } from '#contract'
import { backupHref, type Route, sourceHref } from '../base/routes.ts'
import { backupTabTitles } from '../places/parts/words.ts'
import type { Crumb } from '../ui/Breadcrumbs.svelte'

/** The way to a place, for the title bar and the window's title. The last crumb is the place itself. */
export function crumbsOf(route: Route, findSource: (sourceId: number) => Source | null): readonly Crumb[] {
  switch (route.place) {
    case 'home':
      return [here('Readiness')]
    case 'activity':
      return [here('Activity')]
    case 'settings':
      return [here('Settings')]
    case 'unknown':
      return [here('Nothing here')]
    case 'source':
      return [here(sourceName(route.sourceId, findSource))]
    case 'backup':
      return [...upToBackup(route, findSource), here(backupTabTitles[route.tab])]
    case 'compare':
      return [{ title: sourceName(route.sourceId, findSource), href: sourceHref(route.sourceId) }, here('Compare')]
    case 'restore':
      return [...upToBackup(route, findSource), here('Restore')]
  }
}

function upToBackup(
  route: { sourceId: number; backupId: number },
  findSource: (sourceId: number) => Source | null,
): Crumb[] {
  return [
    { title: sourceName(route.sourceId, findSource), href: sourceHref(route.sourceId) },
    { title: `Backup ${route.backupId}`, href: backupHref(route, 'overview') },
  ]
}

function sourceName(sourceId: number, findSource: (sourceId: number) => Source | null): string {
  return findSource(sourceId)?.name ?? `Repository ${sourceId}`
}

function here(title: string): Crumb {
  return { title, href: null }
}
