import { describe, expect, test } from 'vitest'
import { backupHref, hrefOf, parseRoute, type Route, restoreHref } from '../../../src-renderer/base/routes.ts'

const places: [string, Route][] = [
  ['#/', { place: 'home' }],
  ['#/source/3', { place: 'source', sourceId: 3 }],
  ['#/source/3/backup/41/files', { place: 'backup', sourceId: 3, backupId: 41, tab: 'files', item: null }],
  ['#/source/3/backup/41/data/2', { place: 'backup', sourceId: 3, backupId: 41, tab: 'data', item: 2 }],
  ['#/source/3/backup/41/restore', { place: 'restore', sourceId: 3, backupId: 41, jobId: null }],
  ['#/source/3/backup/41/restore/9', { place: 'restore', sourceId: 3, backupId: 41, jobId: 9 }],
  ['#/activity', { place: 'activity', jobId: null }],
  ['#/activity/7', { place: 'activity', jobId: 7 }],
  ['#/settings', { place: 'settings' }],
]

describe('addresses', () => {
  test.each(places)('%s names its place, and the place has that address', (address, route) => {
    expect(parseRoute(address)).toEqual(route)
    expect(hrefOf(route)).toBe(address)
  })

  test('without a tab a backup shows its overview, and an empty address is home', () => {
    expect(parseRoute('#/source/3/backup/41')).toEqual(parseRoute('#/source/3/backup/41/overview'))
    expect(parseRoute('')).toEqual({ place: 'home' })
  })

  test.each([
    '/nowhere',
    '/source',
    '/source/x',
    '/source/-1',
    '/source/3/backup',
    '/source/3/backup/41/nothing',
    '/source/3/backup/41/data/x',
    '/source/3/other/41',
    '/source/99999999999999999',
    '/activity/x',
    '/settings/1',
  ])('%s is no place, and keeps its address', (address) => {
    expect(parseRoute(`#${address}`)).toEqual({ place: 'unknown', address })
    expect(hrefOf({ place: 'unknown', address })).toBe(`#${address}`)
  })

  test('short ways to a backup lead to the same addresses', () => {
    const ref = { sourceId: 3, backupId: 41 }
    expect([backupHref(ref, 'data', 2), restoreHref(ref), restoreHref(ref, 9)]).toEqual([
      '#/source/3/backup/41/data/2',
      '#/source/3/backup/41/restore',
      '#/source/3/backup/41/restore/9',
    ])
  })
})
