// Goal: a target is judged without a change to anything, and a restore goes on only in what is its own.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeFileLayer } from '../../../src-main/base/file-layer.ts'
import { type Owner, readOwner, writeOwner } from '../../../src-main/restore/owner.ts'
import { discardRestore } from '../../../src-main/restore/partial.ts'
import { checkTarget, partialPath } from '../../../src-main/restore/target.ts'
import { treeState } from '../../support/fixtures.ts'
import { tempDir } from '../../support/temp-dir.ts'

function place() {
  const folder = tempDir()
  const targetPath = join(folder, 'graph')
  const owner: Owner = {
    restoreId: 'restore-a',
    sourcePath: '/srv/backups',
    backupId: 4,
    metaDigest: 'digest',
    targetPath,
    processId: 17,
  }
  return { folder, targetPath, partial: partialPath(targetPath), owner }
}

function begin(partial: string, owner: Owner, names: readonly string[]): void {
  mkdirSync(partial)
  writeOwner(partial, owner, nodeFileLayer)
  for (const name of names) mkdirSync(join(partial, name))
}

const check = (targetPath: string, restoreId: string | null, totalBytes = 1) =>
  checkTarget({ root: '/srv/backups', targetPath, restoreId }, { fileCount: 1, totalBytes })
const codes = (targetPath: string, restoreId: string | null) =>
  check(targetPath, restoreId).refusals.map(({ code }) => code)

test('a new place is refused nothing', () => {
  const { targetPath } = place()
  expect(check(targetPath, null)).toEqual({
    resolvedTargetPath: targetPath,
    fileCount: 1,
    totalBytes: 1,
    freeBytes: expect.any(Number),
    leftover: 'nothing',
    refusals: [],
  })
})

test('everything that stands against a target is told at once', () => {
  const { targetPath, partial } = place()
  mkdirSync(partial)
  writeFileSync(targetPath, '')
  expect(codes(targetPath, null)).toEqual(['TARGET_BUSY', 'TARGET_UNUSABLE'])
})

test('files of an interrupted restore are gone on with by that restore alone', () => {
  const { targetPath, partial, owner } = place()
  begin(partial, owner, ['files'])
  expect(check(targetPath, 'restore-a')).toMatchObject({ leftover: 'files', refusals: [] })
  expect(check(targetPath, 'restore-b')).toMatchObject({ leftover: 'foreign', refusals: [{ code: 'TARGET_BUSY' }] })
  expect(check(targetPath, null)).toMatchObject({
    leftover: 'foreign',
    refusals: [{ message: 'an unfinished restore of backup 4 (started by process 17) lies beside the target' }],
  })
})

test('an interrupted restore needs no more space than there is: a part of it is there', () => {
  const { targetPath, partial, owner } = place()
  expect(check(targetPath, 'restore-a', Number.MAX_SAFE_INTEGER).refusals).toMatchObject([{ code: 'DISK_FULL' }])
  begin(partial, owner, ['files'])
  expect(check(targetPath, 'restore-a', Number.MAX_SAFE_INTEGER).refusals).toEqual([])
})

test('a target that the interrupted restore published is its own, and nobody else’s', () => {
  const { targetPath, partial, owner } = place()
  begin(partial, owner, [])
  mkdirSync(targetPath)
  writeFileSync(join(targetPath, 'CURRENT'), '')
  expect(check(targetPath, 'restore-a')).toMatchObject({ leftover: 'published', refusals: [] })
  expect(codes(targetPath, 'restore-b')).toEqual(['TARGET_BUSY', 'TARGET_NOT_EMPTY'])
  expect(codes(targetPath, null)).toEqual(['TARGET_BUSY', 'TARGET_NOT_EMPTY'])
})

test('a database beside unfinished files is not taken for published', () => {
  const { targetPath, partial, owner } = place()
  begin(partial, owner, ['files'])
  mkdirSync(targetPath)
  writeFileSync(join(targetPath, 'CURRENT'), '')
  expect(check(targetPath, 'restore-a')).toMatchObject({ leftover: 'files', refusals: [{ code: 'TARGET_NOT_EMPTY' }] })
})

test('a name that begins with dots is not outside of the source', () => {
  const folder = tempDir()
  const refusalsOf = (targetPath: string) =>
    checkTarget({ root: folder, targetPath, restoreId: null }, { fileCount: 1, totalBytes: 1 }).refusals.map(
      ({ code }) => code,
    )
  expect(refusalsOf(join(folder, '..graph'))).toEqual(['TARGET_INSIDE_SOURCE'])
  expect(refusalsOf(join(folder, '...'))).toEqual(['TARGET_INSIDE_SOURCE'])
  expect(refusalsOf(`${folder}-beside`)).toEqual([])
})

test.each([
  ['is missing', null],
  ['is cut', '{"formatVersion":1,'],
  [
    'is of a later version',
    JSON.stringify({
      formatVersion: 2,
      restoreId: 'restore-a',
      sourcePath: '',
      backupId: 1,
      metaDigest: '',
      targetPath: '',
      processId: 1,
    }),
  ],
  ['lacks a field', JSON.stringify({ formatVersion: 1, restoreId: 'restore-a' })],
  ['is no object', 'null'],
])('an owner that %s is nobody, and what it owns is never removed', (_what, content) => {
  const { folder, targetPath, partial } = place()
  mkdirSync(partial)
  if (content !== null) writeFileSync(join(partial, 'owner.json'), content)
  writeFileSync(join(partial, 'somebody else’s'), '')
  const before = treeState(folder)
  expect(readOwner(partial)).toBeNull()
  expect(codes(targetPath, 'restore-a')).toEqual(['TARGET_BUSY'])
  expect(discardRestore({ targetPath, restoreId: 'restore-a' })).toBe(false)
  expect(treeState(folder)).toEqual(before)
})

test('discarding removes what is this restore’s and nothing else', () => {
  const { folder, targetPath, partial, owner } = place()
  begin(partial, owner, ['files'])
  writeFileSync(join(partial, 'files', 'CURRENT'), '')
  mkdirSync(join(folder, 'neighbour'))
  expect(discardRestore({ targetPath, restoreId: 'restore-b' })).toBe(false)
  expect(discardRestore({ targetPath, restoreId: 'restore-a' })).toBe(true)
  expect(discardRestore({ targetPath, restoreId: 'restore-a' })).toBe(false)
  expect(treeState(folder).map((line) => line.split(' ')[0])).toEqual(['neighbour'])
})
