/** Goal: an error is the same on both sides of a thread, and says what a person needs. Method: there and back. */
import Database from 'better-sqlite3'
import { expect, test } from 'vitest'
import { AppError } from '../../../src-main/base/app-error.ts'
import { DamageError } from '../../../src-main/base/damage.ts'
import { fromErrorInfo, toErrorInfo } from '../../../src-main/base/error-info.ts'

test('an error keeps its facts and its causes through any number of threads', () => {
  const facts = { message: 'no', subject: '/a', unharmed: 'Nothing was written.', nextStep: 'Look.' }
  const info = toErrorInfo(new AppError('DISK_FULL', facts, { cause: new Error('why') }))
  expect(info).toMatchObject({ code: 'DISK_FULL', ...facts })
  expect(info.details).toMatch(/^Error: why\n/)
  expect(toErrorInfo(fromErrorInfo(toErrorInfo(fromErrorInfo(info))))).toEqual(info)
})

test('a damage is an error that names the file', () => {
  const damage = { file: 'a.sst', offsetBytes: 9, structure: 'footer', problem: 'cut', expected: '53', found: '7' }
  expect(toErrorInfo(new DamageError(damage))).toMatchObject({
    code: 'DAMAGED',
    subject: 'a.sst',
    message: 'a.sst at byte 9: footer: cut (expected 53, found 7)',
  })
})

test('a failure of SQLite is one of the catalogue', () => {
  const database = new Database(':memory:')
  let thrown: unknown
  try {
    database.exec('create table t (a integer check (a > 0)) strict; insert into t values (0)')
  } catch (cause) {
    thrown = cause
  } finally {
    database.close()
  }
  expect(toErrorInfo(thrown)).toMatchObject({
    code: 'CATALOG_UNUSABLE',
    message: 'the catalogue could not be used (SQLITE_CONSTRAINT_CHECK)',
  })
})

test('anything else is a fault of ours, with its stack', () => {
  expect(toErrorInfo(new TypeError('x is not a function'))).toMatchObject({ code: 'INTERNAL', subject: null })
  expect(toErrorInfo('text')).toMatchObject({ code: 'INTERNAL', details: 'text' })
})
