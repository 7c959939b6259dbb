import { expect, test } from 'vitest'
import { emptyDraft, type RecoverAddress } from '../../../src-renderer/base/recover-address.ts'
import { hrefOf, parseRoute, recoverHref, recoverJobHref } from '../../../src-renderer/base/routes.ts'

const draft = emptyDraft
const addresses: [string, RecoverAddress][] = [
  ['#/source/3/recover', { step: 'what', jobId: null, draft }],
  [
    '#/source/3/recover/when?intent=undo&at=before.88123',
    { step: 'when', jobId: null, draft: { ...draft, intent: 'undo', point: { kind: 'before', sequence: 88_123 } } },
  ],
  [
    '#/source/3/recover/when?at=until.1795000000000116&timeline=2',
    {
      step: 'when',
      jobId: null,
      draft: { ...draft, point: { kind: 'time', timeUs: 1_795_000_000_000_116, isInclusive: true }, timeline: '2' },
    },
  ],
  [
    '#/source/3/recover/where?at=mark.before+%3F+a+%26+b',
    { step: 'where', jobId: null, draft: { ...draft, point: { kind: 'mark', name: 'before ? a & b' } } },
  ],
  [
    '#/source/3/recover/review?at=backup.41&to=%2Fsrv%2Fnew+graph&proof=full',
    {
      step: 'review',
      jobId: null,
      draft: { ...draft, point: { kind: 'backup', backupId: 41 }, targetPath: '/srv/new graph', proofLevel: 'full' },
    },
  ],
  ['#/source/3/recover/run/17', { step: 'run', jobId: 17, draft }],
  ['#/source/3/recover/done/17', { step: 'done', jobId: 17, draft }],
]

test.each(addresses)('%s is a step of a recovery, and the step has that address', (hash, address) => {
  const route = { place: 'recover', sourceId: 3, ...address } as const
  expect(parseRoute(hash)).toEqual(route)
  expect(hrefOf(route)).toBe(hash)
})

test.each(['#/source/3/recover/run', '#/source/3/recover/when/17', '#/source/3/recover/other', '#/source/x/recover'])(
  '%s names no step',
  (hash) => {
    expect(parseRoute(hash).place).toBe('unknown')
  },
)

test('a point that makes no sense in an address is no point', () => {
  const points = ['', 'sequence.', 'sequence.-1', 'backup.0', 'mark.', 'until.99999999999999999', 'nonsense.5']
  const parsed = points.map((at) => parseRoute(`#/source/3/recover/when?at=${at}`))
  expect(parsed.map((route) => route.place === 'recover' && route.draft.point)).toEqual(points.map(() => null))
})

test('with a point a recovery begins at its second step', () => {
  expect([
    recoverHref(3),
    recoverHref(3, { point: { kind: 'sequence', sequence: 5 } }),
    recoverJobHref(3, 'run', 9),
  ]).toEqual(['#/source/3/recover', '#/source/3/recover/when?at=sequence.5', '#/source/3/recover/run/9'])
})
