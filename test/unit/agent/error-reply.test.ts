import { expect, test } from 'vitest'
import { AppError } from '#base/app-error.ts'
import { DamageError } from '#base/damage.ts'
import { expectedErrorReply } from '../../../src-main/agent/error-reply.ts'

test.each([
  ['BACKUP_NOT_FOUND', 'NOTFOUND'],
  ['JOB_RUNNING', 'BUSY'],
  ['REPOSITORY_BUSY', 'BUSY'],
  ['BACKUP_NEEDED', 'CHAIN'],
  ['CHAIN_BROKEN', 'CHAIN'],
  ['CHECKSUM_MISMATCH', 'CORRUPT'],
  ['DISK_FULL', 'NOSPACE'],
  ['READ_ONLY', 'READONLY'],
  ['BAD_REQUEST', 'ERR'],
] as const)('%s is told as %s, in one line with all that is known', (code, word) => {
  const facts = { message: 'what', subject: 'to what', unharmed: 'Nothing else.', nextStep: 'Do this.' }
  expect(expectedErrorReply(new AppError(code, facts))).toEqual({
    kind: 'error',
    code: word,
    message: 'what: to what. Nothing else. Do this.',
  })
})

test('damage is told with its place', () => {
  const damage = { file: 'meta/3', offsetBytes: 7, structure: 'line', problem: 'cut', expected: null, found: null }
  expect(expectedErrorReply(new DamageError(damage))).toEqual({
    kind: 'error',
    code: 'CORRUPT',
    message: 'meta/3 at byte 7: line: cut',
  })
})

test('a bug is nobody else’s business', () => {
  expect(expectedErrorReply(new TypeError('x is not a function'))).toBe(null)
  expect(expectedErrorReply(new AppError('INTERNAL', { message: 'a rule was broken' }))).toBe(null)
})
