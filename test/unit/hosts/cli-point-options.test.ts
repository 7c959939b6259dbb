// Goal: one point is read from the options of `lifeboat restore`, and everything else is refused in words that help.
import { expect, test } from 'vitest'
import { askedPoint, type PointOptions } from '../../../src-main/hosts/cli/point-options.ts'

const none: PointOptions = { exclusive: false, zone: 'UTC', latest: false }

test.each<[Partial<PointOptions>, unknown]>([
  [{}, null],
  [{ toTime: '10:30' }, { kind: 'typed', text: '10:30', zone: 'UTC', isExclusive: false }],
  [
    { toTime: '10:30', zone: 'Europe/Berlin', exclusive: true },
    { kind: 'typed', text: '10:30', zone: 'Europe/Berlin', isExclusive: true },
  ],
  [{ toSequence: '9' }, { kind: 'target', target: { kind: 'sequence', sequence: 9 } }],
  [{ before: '0' }, { kind: 'target', target: { kind: 'before', sequence: 0 } }],
  [{ toBackup: '41' }, { kind: 'target', target: { kind: 'backup', backupId: 41 } }],
  [{ latest: true }, { kind: 'target', target: { kind: 'latest' } }],
  [{ mark: '9' }, { kind: 'target', target: { kind: 'mark', name: '9' } }],
])('%j', (options, expected) => {
  expect(askedPoint({ ...none, ...options })).toEqual(expected)
})

test.each<[Partial<PointOptions>, string]>([
  [{ latest: true, mark: 'x' }, 'more than one point to go back to: --latest, --mark'],
  [{ toTime: '10:30', toBackup: '1' }, 'more than one point to go back to: --to-time, --to-backup'],
  [{ exclusive: true }, 'no time to be exclusive of: --exclusive'],
  [{ exclusive: true, before: '9' }, 'no time to be exclusive of: --exclusive'],
  [{ toSequence: '-1' }, '--to-sequence takes a number: -1'],
  [{ before: '9007199254740993' }, '--before takes a number: 9007199254740993'],
  [{ toBackup: 'latest' }, '--to-backup takes a number: latest'],
])('%j is refused', (options, message) => {
  expect(() => askedPoint({ ...none, ...options })).toThrow(message)
})
