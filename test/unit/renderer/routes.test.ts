import { describe, expect, test } from 'vitest'
import {
  backupHref,
  compareHref,
  dataHref,
  hrefOf,
  parseRoute,
  type Route,
  restoreHref,
} from '../../../src-renderer/base/routes.ts'

const places: [string, Route][] = [
  ['#/', { place: 'home' }],
  ['#/source/3', { place: 'source', sourceId: 3 }],
  [
    '#/source/3/backup/41/files',
    { place: 'backup', sourceId: 3, backupId: 41, tab: 'files', item: null, upToSequence: null },
  ],
  [
    '#/source/3/backup/41/data/2',
    { place: 'backup', sourceId: 3, backupId: 41, tab: 'data', item: 2, upToSequence: null },
  ],
  [
    '#/source/3/backup/41/data/2?at=88122',
    { place: 'backup', sourceId: 3, backupId: 41, tab: 'data', item: 2, upToSequence: 88_122 },
  ],
  [
    '#/source/3/backup/41/data?at=0',
    { place: 'backup', sourceId: 3, backupId: 41, tab: 'data', item: null, upToSequence: 0 },
  ],
  [
    '#/source/3/compare/2@88/41',
    {
      place: 'compare',
      sourceId: 3,
      left: { backupId: 2, upToSequence: 88 },
      right: { backupId: 41, upToSequence: null },
      family: null,
    },
  ],
  [
    '#/source/3/compare/41/41@9/a%2Fb%3F%C3%BC',
    {
      place: 'compare',
      sourceId: 3,
      left: { backupId: 41, upToSequence: null },
      right: { backupId: 41, upToSequence: 9 },
      family: 'a/b?ü',
    },
  ],
  ['#/source/3/backup/41/restore', { place: 'restore', sourceId: 3, backupId: 41, jobId: null }],
  ['#/source/3/backup/41/restore/9', { place: 'restore', sourceId: 3, backupId: 41, jobId: 9 }],
  ['#/server/7', { place: 'server', serverId: 7, backupId: null }],
  ['#/server/7/backup/a%2Fb%20(2)', { place: 'server', serverId: 7, backupId: 'a/b (2)' }],
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
    '/source/3/backup/41/data/2?at=',
    '/source/3/backup/41/data/2?at=-1',
    '/source/3/backup/41/data/2?at=1&more',
    '/source/3/backup/41/data/2?at=1?',
    '/source/3/backup/41/files?at=1',
    '/settings?at=1',
    '/source/3/compare',
    '/source/3/compare/2',
    '/source/3/compare/2@x/3',
    '/source/3/compare/2@1@2/3',
    '/source/3/compare/2/3/nodes/more',
    '/source/3/compare/2/3/%E0%A4%A',
    '/server',
    '/server/x',
    '/server/7/backup',
    '/server/7/other/1',
    '/server/7/backup/1/more',
    '/server/7/backup/%E0%A4%A',
    '/activity/x',
    '/settings/1',
  ])('%s is no place, and keeps its address', (address) => {
    expect(parseRoute(`#${address}`)).toEqual({ place: 'unknown', address })
    expect(hrefOf({ place: 'unknown', address })).toBe(`#${address}`)
  })

  test('short ways to a backup lead to the same addresses', () => {
    const ref = { sourceId: 3, backupId: 41 }
    const instant = { ...ref, upToSequence: 88 }
    const latest = { ...ref, upToSequence: null }
    expect([
      backupHref(ref, 'data', 2),
      dataHref(instant, 2),
      dataHref(latest, null),
      compareHref(instant, latest),
      compareHref(latest, instant, 'nodes'),
      restoreHref(ref),
      restoreHref(ref, 9),
    ]).toEqual([
      '#/source/3/backup/41/data/2',
      '#/source/3/backup/41/data/2?at=88',
      '#/source/3/backup/41/data',
      '#/source/3/compare/41@88/41',
      '#/source/3/compare/41/41@88/nodes',
      '#/source/3/backup/41/restore',
      '#/source/3/backup/41/restore/9',
    ])
  })
})
