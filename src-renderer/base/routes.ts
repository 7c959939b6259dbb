/** Addresses of places, as hashes, and back. Every place a person can be at has one. */

export const backupTabs = ['overview', 'files', 'data', 'verifications', 'raw'] as const
export type BackupTab = (typeof backupTabs)[number]

export type Route =
  | { readonly place: 'home' }
  | { readonly place: 'source'; readonly sourceId: number }
  | {
      readonly place: 'backup'
      readonly sourceId: number
      readonly backupId: number
      readonly tab: BackupTab
      /** the thing shown inside the tab: a column family's id, a verification's id */
      readonly item: number | null
    }
  | { readonly place: 'restore'; readonly sourceId: number; readonly backupId: number; readonly jobId: number | null }
  | { readonly place: 'activity'; readonly jobId: number | null }
  | { readonly place: 'settings' }
  | { readonly place: 'unknown'; readonly address: string }

/** The place that a hash names; an address that names none is a place of its own, and says so. */
export function parseRoute(hash: string): Route {
  const address = hash.replace(/^#/, '')
  const parts = address.split('/').filter((part) => part !== '')
  return placeOf(parts) ?? { place: 'unknown', address }
}

/** The hash of a place: the inverse of `parseRoute`. */
export function hrefOf(route: Route): string {
  switch (route.place) {
    case 'home':
      return '#/'
    case 'source':
      return `#/source/${route.sourceId}`
    case 'backup':
      return `#/source/${route.sourceId}/backup/${route.backupId}/${route.tab}${tail(route.item)}`
    case 'restore':
      return `#/source/${route.sourceId}/backup/${route.backupId}/restore${tail(route.jobId)}`
    case 'activity':
      return `#/activity${tail(route.jobId)}`
    case 'settings':
      return '#/settings'
    case 'unknown':
      return `#${route.address}`
  }
}

export function backupHref(ref: { sourceId: number; backupId: number }, tab: BackupTab, item: number | null = null) {
  return hrefOf({ place: 'backup', sourceId: ref.sourceId, backupId: ref.backupId, tab, item })
}

export function restoreHref(ref: { sourceId: number; backupId: number }, jobId: number | null = null): string {
  return hrefOf({ place: 'restore', sourceId: ref.sourceId, backupId: ref.backupId, jobId })
}

export function sourceHref(sourceId: number): string {
  return hrefOf({ place: 'source', sourceId })
}

function placeOf(parts: readonly string[]): Route | null {
  const [place, first] = parts
  if (place === undefined) return { place: 'home' }
  if (place === 'settings' && parts.length === 1) return { place: 'settings' }
  if (place === 'activity' && parts.length <= 2) {
    const jobId = optionalId(first)
    return jobId === undefined ? null : { place: 'activity', jobId }
  }
  return place === 'source' ? sourcePlaceOf(parts.slice(1)) : null
}

function sourcePlaceOf(parts: readonly string[]): Route | null {
  const sourceId = idOf(parts[0])
  if (sourceId === null) return null
  if (parts.length === 1) return { place: 'source', sourceId }
  const backupId = idOf(parts[2])
  if (parts[1] !== 'backup' || backupId === null || parts.length > 5) return null
  const item = optionalId(parts[4])
  if (item === undefined) return null
  if (parts[3] === 'restore') return { place: 'restore', sourceId, backupId, jobId: item }
  const tab = parts[3] === undefined ? 'overview' : backupTabs.find((name) => name === parts[3])
  return tab === undefined ? null : { place: 'backup', sourceId, backupId, tab, item }
}

function idOf(part: string | undefined): number | null {
  if (part === undefined || !/^\d{1,16}$/.test(part)) return null
  const id = Number(part)
  return Number.isSafeInteger(id) ? id : null
}

/** null: not given; undefined: given, and no id */
function optionalId(part: string | undefined): number | null | undefined {
  if (part === undefined) return null
  return idOf(part) ?? undefined
}

function tail(id: number | null): string {
  return id === null ? '' : `/${id}`
}
