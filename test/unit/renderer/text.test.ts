import { describe, expect, test } from 'vitest'
import { capitalised, errorReport } from '../../../src-renderer/base/error-text.ts'
import { bestMatches, matchScore } from '../../../src-renderer/base/match.ts'
import { asDirectoryInput, joinPath, splitPathInput, trimPath } from '../../../src-renderer/base/path-text.ts'
import { shellWord } from '../../../src-renderer/base/shell-text.ts'
import { toJson, toTsv } from '../../../src-renderer/base/tsv.ts'

describe('typed paths', () => {
  test('are split at the last separator of either kind', () => {
    expect(['/srv/ba', '/', 'ba', 'C:\\data\\ba', '/srv/'].map(splitPathInput)).toEqual([
      { directory: '/srv/', prefix: 'ba' },
      { directory: '/', prefix: '' },
      { directory: null, prefix: 'ba' },
      { directory: 'C:\\data\\', prefix: 'ba' },
      { directory: '/srv/', prefix: '' },
    ])
  })

  test('lose separators at the end, but a root stays a root', () => {
    expect(['/srv/backup//', '/', ' /srv ', 'C:\\', 'C:\\data\\', ''].map(trimPath)).toEqual([
      '/srv/backup',
      '/',
      '/srv',
      'C:\\',
      'C:\\data',
      '',
    ])
  })

  test('are joined with the separator they use', () => {
    expect([
      joinPath('/srv', 'a'),
      joinPath('/', 'a'),
      joinPath('C:\\data', 'a'),
      asDirectoryInput('C:\\data'),
    ]).toEqual(['/srv/a', '/a', 'C:\\data\\a', 'C:\\data\\'])
  })

  test('are quoted for a shell only where it is needed', () => {
    expect(['/srv/graph-12', '/srv/my data', "/srv/it's", 'C:\\my data'].map(shellWord)).toEqual([
      '/srv/graph-12',
      "'/srv/my data'",
      "'/srv/it'\\''s'",
      '"C:\\my data"',
    ])
  })
})

test('rows copied as JSON are objects named by their columns', () => {
  expect(
    JSON.parse(
      toJson(
        ['Key', 'Size'],
        [
          ['a', 1],
          ['b', null],
        ],
      ),
    ),
  ).toEqual([
    { Key: 'a', Size: 1 },
    { Key: 'b', Size: null },
  ])
})

test('the palette finds the backup of a number before those whose numbers begin with it', () => {
  const titles = ['Backup 779', 'Backup 77: data', 'Backup 770', 'Backup 77']
  expect(bestMatches(titles, 'backup 77', (title) => title, 2)).toEqual(['Backup 77: data', 'Backup 77'])
})

test('a cell with tabs or line breaks stays one cell of the copied rows', () => {
  expect(
    toTsv([
      ['Key', 'Size'],
      ['a\tb\r\nc', 3],
      [null, 0],
    ]),
  ).toBe('Key\tSize\na b c\t3\n\t0')
})

describe('the palette', () => {
  const titles = ['Restore backup 4', 'Backup 41', 'Verify all backups', 'Settings']

  test('finds what has every typed word, starts of titles and words first', () => {
    expect(bestMatches(titles, 'backup 4', (title) => title, 10)).toEqual(['Backup 41', 'Restore backup 4'])
    expect(bestMatches(titles, 'ack', (title) => title, 1)).toEqual(['Restore backup 4'])
    expect(bestMatches(titles, '', (title) => title, 10)).toEqual(titles)
  })

  test('does not find what lacks a word', () => {
    expect(matchScore('backup zebra', 'Backup 41')).toBe(0)
  })
})

test('an error report says all there is, and leaves out what is not known', () => {
  const error = {
    code: 'DISK_FULL',
    message: 'the disk is full',
    subject: '/srv',
    unharmed: null,
    nextStep: 'Free space.',
    details: 'ENOSPC',
  }
  expect(errorReport(error)).toBe(
    'Lifeboat error DISK_FULL\nWhat happened: the disk is full\nTo what: /srv\nWhat to do: Free space.\nDetails: ENOSPC',
  )
  expect(capitalised('the disk is full')).toBe('The disk is full')
})
