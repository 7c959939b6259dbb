// Goal: what a person types for a state, an instant, a key or a limit is understood, or refused with an example of what
// to type. Method: the readers of arguments by themselves.
import { describe, expect, test } from 'vitest'
import { AppError } from '#base/app-error.ts'
import { parseInstant } from '../../src-main/hosts/cli/instant.ts'
import { text } from '../../src-main/hosts/cli/render.ts'
import { parseState } from '../../src-main/hosts/cli/state-argument.ts'
import { keyOf, limitOf } from '../../src-main/hosts/cli/usage.ts'

const us = (iso: string) => Date.parse(iso) * 1000

function refusalOf(act: () => unknown): unknown {
  try {
    return act()
  } catch (error) {
    return error instanceof AppError ? [error.code, error.message, error.facts.nextStep !== undefined] : error
  }
}

describe('a state', () => {
  test.each([
    ['', { backup: 'latest', instant: null }],
    ['latest', { backup: 'latest', instant: null }],
    ['41', { backup: 41, instant: null }],
    ['41:88', { backup: 41, instant: { kind: 'sequence', sequence: 88 } }],
    [':0', { backup: 'latest', instant: { kind: 'sequence', sequence: 0 } }],
    [
      'latest:2026-11-23T07:33:12Z',
      {
        backup: 'latest',
        instant: {
          kind: 'time',
          text: '2026-11-23T07:33:12Z',
          timeUs: us('2026-11-23T07:33:12Z'),
          isUtcAssumed: false,
        },
      },
    ],
  ])('%j is read', (given, expected) => {
    expect(parseState(given)).toEqual(expected)
  })

  test.each(['0', '-1', '1.5', 'x', '4 1', '0x1', '1e3', '99999999999999999999', '2026-11-23', '../1'])(
    '%j is refused',
    (given) => {
      expect(refusalOf(() => parseState(given))).toEqual(['BAD_REQUEST', `not a state: ${given}`, true])
    },
  )
})

describe('an instant', () => {
  test.each([
    ['2026-11-23', us('2026-11-23T00:00:00Z'), true],
    ['2026-11-23T07:33', us('2026-11-23T07:33:00Z'), true],
    ['2026-11-23 07:33:12', us('2026-11-23T07:33:12Z'), true],
    ['2026-11-23T07:33:12.5Z', us('2026-11-23T07:33:12Z') + 500_000, false],
    ['2026-11-23t07:33:12,000001z', us('2026-11-23T07:33:12Z') + 1, false],
    ['2026-11-23T07:33:12.123456789Z', us('2026-11-23T07:33:12Z') + 123_456, false],
    ['2026-11-23T07:33+05:30', us('2026-11-23T02:03:00Z'), false],
    ['2024-02-29T23:59:59-12:00', us('2024-03-01T11:59:59Z'), false],
    ['1970-01-01', 0, true],
  ])('%j is a time', (given, timeUs, isUtcAssumed) => {
    expect(parseInstant(given)).toEqual({ kind: 'time', text: given, timeUs, isUtcAssumed })
  })

  test.each([
    ['', 'neither a sequence number nor a time'],
    ['now', 'neither a sequence number nor a time'],
    ['12:30', 'neither a sequence number nor a time'],
    ['-5', 'neither a sequence number nor a time'],
    ['2026-11-23T07:33:12Zx', 'neither a sequence number nor a time'],
    ['9007199254740992', 'not a sequence number'],
    ['2026-02-30', 'no such time'],
    ['2025-02-29T00:00Z', 'no such time'],
    ['2026-13-01', 'no such time'],
    ['2026-11-23T25:00', 'no such time'],
    ['2026-11-23T24:00', 'no such time'],
    ['2026-11-23T07:60', 'no such time'],
    ['2026-11-23T07:33:60Z', 'no such time'],
    ['2026-11-23T07:33+99:00', 'no such time'],
    ['1969-12-31T23:59:59Z', 'no such time'],
    ['1970-01-01T00:00+00:01', 'no such time'],
  ])('%j is refused', (given, message) => {
    expect(refusalOf(() => parseInstant(given))).toEqual(['BAD_REQUEST', `${message}: ${given}`, true])
  })
})

test('a key that was printed can be typed again, whatever its bytes', () => {
  const keys = ['', 'plain', 'with space', 'ünï→', '0x41', '0xZZ', 'a\nb', '\u001b[31m'].map((key) => Buffer.from(key))
  for (const key of [...keys, Buffer.of(0xff, 0), Buffer.of(0)]) {
    expect(keyOf(text(key.toString('base64')))).toBe(key.toString('base64'))
  }
  expect(keyOf('0x')).toBe('')
  expect(['0xF', '0xZZ', '0x4 1'].map((key) => refusalOf(() => keyOf(key)))).toEqual([
    ['BAD_REQUEST', 'not a key in hex: 0xF', true],
    ['BAD_REQUEST', 'not a key in hex: 0xZZ', true],
    ['BAD_REQUEST', 'not a key in hex: 0x4 1', true],
  ])
})

test('a limit is a number from 1 on, or all', () => {
  expect(['1', '5000', 'all'].map(limitOf)).toEqual([1, 5000, Number.POSITIVE_INFINITY])
  for (const given of ['0', '-1', '1.5', '', 'many', '99999999999999999999']) {
    expect(refusalOf(() => limitOf(given))).toEqual(['BAD_REQUEST', `not a number of lines: ${given}`, true])
  }
})
