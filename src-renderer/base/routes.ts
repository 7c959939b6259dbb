/** Addresses of places, as hashes, and back. Every place a person can be at has one. */

import { emptyDraft, formatRecover, parseRecover, type RecoverAddress, type RecoverDraft } from './recover-address.ts'

export const backupTabs = ['overview', 'files', 'data', 'verifications', 'raw'] as const
export type BackupTab = (typeof backupTabs)[number]

/** One of two states that are compared: a backup, at an instant. */
export type Side = { readonly backupId: number; readonly upToSequence: number | null }

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
      /** of the data: the instant that is shown; null is the latest */
      readonly upToSequence: number | null
    }
  | {
      readonly place: 'compare'
      readonly sourceId: number
      readonly left: Side
      readonly right: Side
      /** the name of the column family whose differences are shown; null lets the place choose */
      readonly family: string | null
    }
  | { readonly place: 'restore'; readonly sourceId: number; readonly backupId: number; readonly jobId: number | null }
  | ({ readonly place: 'recover'; readonly sourceId: number } & RecoverAddress)
  | {
      readonly place: 'server'
      readonly serverId: number
      /** the backup that is shown beside the list, in the server's own words; null: none */
      readonly backupId: string | null
    }
  | { readonly place: 'activity'; readonly jobId: number | null }
  | { readonly place: 'settings' }
  | { readonly place: 'unknown'; readonly address: string }

/** The place that a hash names; an address that names none is a place of its own, and says so. */
export function parseRoute(hash: string): Route {
  const address = hash.replace(/^#/, '')
  const [path = '', ...query] = address.split('?')
  const parts = path.split('/').filter((part) => part !== '')
  const place = recoverPlaceOf(parts, query.join('?')) ?? placeOf(parts)
  const shown = query.length === 0 || place?.place === 'recover' ? place : placeAt(place, query.join('?'))
  return shown ?? { place: 'unknown', address }
}

/** The hash of a place: the inverse of `parseRoute`. */
export function hrefOf(route: Route): string {
  switch (route.place) {
    case 'home':
      return '#/'
    case 'source':
      return `#/source/${route.sourceId}`
    case 'backup':
      return `#/source/${route.sourceId}/backup/${route.backupId}/${route.tab}${tail(route.item)}${at(route)}`
    case 'compare': {
      const family = route.family === null ? '' : `/${encodeURIComponent(route.family)}`
      return `#/source/${route.sourceId}/compare/${sideText(route.left)}/${sideText(route.right)}${family}`
    }
    case 'restore':
      return `#/source/${route.sourceId}/backup/${route.backupId}/restore${tail(route.jobId)}`
    case 'recover':
      return `#/source/${route.sourceId}/recover${formatRecover(route)}`
    case 'server':
      return serverHref(route.serverId, route.backupId)
    case 'activity':
      return `#/activity${tail(route.jobId)}`
    case 'settings':
      return '#/settings'
    case 'unknown':
      return `#${route.address}`
  }
}

export function backupHref(ref: { sourceId: number; backupId: number }, tab: BackupTab, item: number | null = null) {
  return hrefOf({ place: 'backup', sourceId: ref.sourceId, backupId: ref.backupId, tab, item, upToSequence: null })
}

/** The data of a column family, or with null of the one that the place chooses, at an instant. */
export function dataHref(ref: { sourceId: number } & Side, item: number | null): string {
  return hrefOf({
    place: 'backup',
    sourceId: ref.sourceId,
    backupId: ref.backupId,
    tab: 'data',
    item,
    upToSequence: ref.upToSequence,
  })
}

/** From the left side to the right one; both are of the same repository. */
export function compareHref(left: { sourceId: number } & Side, right: Side, family: string | null = null): string {
  return hrefOf({ place: 'compare', sourceId: left.sourceId, left, right, family })
}

export function restoreHref(ref: { sourceId: number; backupId: number }, jobId: number | null = null): string {
  return hrefOf({ place: 'restore', sourceId: ref.sourceId, backupId: ref.backupId, jobId })
}

/** The beginning of a recovery, or with a point already chosen its second step. */
export function recoverHref(sourceId: number, draft: Partial<RecoverDraft> = {}): string {
  const step = draft.point == null ? 'what' : 'when'
  return hrefOf({ place: 'recover', sourceId, step, jobId: null, draft: { ...emptyDraft, ...draft } })
}

/** A recovery that runs, or that is done. */
export function recoverJobHref(sourceId: number, step: 'run' | 'done', jobId: number): string {
  return hrefOf({ place: 'recover', sourceId, step, jobId, draft: emptyDraft })
}

export function sourceHref(sourceId: number): string {
  return hrefOf({ place: 'source', sourceId })
}

/** A server, with one of its backups beside the list. Its ids may be any text. */
export function serverHref(serverId: number, backupId: string | null = null): string {
  return `#/server/${serverId}${backupId === null ? '' : `/backup/${encodeURIComponent(backupId)}`}`
}

function placeOf(parts: readonly string[]): Route | null {
  const [place, first] = parts
  if (place === undefined) return { place: 'home' }
  if (place === 'settings' && parts.length === 1) return { place: 'settings' }
  if (place === 'activity' && parts.length <= 2) {
    const jobId = optionalId(first)
    return jobId === undefined ? null : { place: 'activity', jobId }
  }
  if (place === 'server') return serverPlaceOf(parts.slice(1))
  return place === 'source' ? sourcePlaceOf(parts.slice(1)) : null
}

function serverPlaceOf([id, kind, backup, ...more]: readonly string[]): Route | null {
  const serverId = idOf(id)
  if (serverId === null || more.length > 0) return null
  if (kind === undefined) return { place: 'server', serverId, backupId: null }
  const backupId = backup === undefined ? undefined : decoded(backup)
  return kind !== 'backup' || backupId === undefined ? null : { place: 'server', serverId, backupId }
}

function sourcePlaceOf(parts: readonly string[]): Route | null {
  const sourceId = idOf(parts[0])
  if (sourceId === null) return null
  if (parts.length === 1) return { place: 'source', sourceId }
  if (parts[1] === 'compare') return comparePlaceOf(sourceId, parts.slice(2))
  const backupId = idOf(parts[2])
  if (parts[1] !== 'backup' || backupId === null || parts.length > 5) return null
  const item = optionalId(parts[4])
  if (item === undefined) return null
  if (parts[3] === 'restore') return { place: 'restore', sourceId, backupId, jobId: item }
  const tab = parts[3] === undefined ? 'overview' : backupTabs.find((name) => name === parts[3])
  return tab === undefined ? null : { place: 'backup', sourceId, backupId, tab, item, upToSequence: null }
}

/** Of all places only the data has instants. */
function placeAt(place: Route | null, query: string): Route | null {
  const upToSequence = idOf(/^at=(\d+)$/.exec(query)?.[1])
  return place?.place === 'backup' && place.tab === 'data' && upToSequence !== null ? { ...place, upToSequence } : null
}

function recoverPlaceOf([source, id, kind, ...rest]: readonly string[], query: string): Route | null {
  const sourceId = idOf(id)
  if (source !== 'source' || sourceId === null || kind !== 'recover') return null
  const address = parseRecover(rest, query)
  return address === null ? null : { place: 'recover', sourceId, ...address }
}

function comparePlaceOf(sourceId: number, parts: readonly string[]): Route | null {
  const left = sideOf(parts[0])
  const right = sideOf(parts[1])
  const family = parts[2] === undefined ? null : decoded(parts[2])
  if (left === null || right === null || family === undefined || parts.length > 3) return null
  return { place: 'compare', sourceId, left, right, family }
}

/** "41", or "41@88122" */
function sideOf(part: string | undefined): Side | null {
  const [id, sequence, ...more] = part?.split('@') ?? []
  const backupId = idOf(id)
  const upToSequence = optionalId(sequence)
  return backupId === null || upToSequence === undefined || more.length > 0 ? null : { backupId, upToSequence }
}

function sideText({ backupId, upToSequence }: Side): string {
  return upToSequence === null ? String(backupId) : `${backupId}@${upToSequence}`
}

/** undefined: not a text that was encoded for an address */
function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
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

function at({ upToSequence }: { upToSequence: number | null }): string {
  return upToSequence === null ? '' : `?at=${upToSequence}`
}

function tail(id: number | null): string {
  return id === null ? '' : `/${id}`
}
