// Goal: while a restored database takes the place of another, no failure and no crash loses either of them. Method: real
// directories; a file layer that fails at each rename, or stops there as a killed process does.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { finishSwitch, pathBeside, putBack, putInPlace } from '../../../src-main/core/database-places.ts'
import { systemError, watchedLayer } from '../../support/faulty-layer.ts'
import { tempDir } from '../../support/temp-dir.ts'

function twoDatabases() {
  const folder = tempDir()
  const dataPath = join(folder, 'data')
  const restoredPath = pathBeside(dataPath, 7)
  for (const [path, text] of [
    [dataPath, 'old'],
    [restoredPath, 'restored'],
  ] as const) {
    mkdirSync(path)
    writeFileSync(join(path, 'CURRENT'), text)
  }
  const found = () =>
    Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name, 'CURRENT'), 'utf8')]))
  return { folder, dataPath, restoredPath, found }
}

const both = { data: 'old', 'data.restored-7': 'restored' }
const switched = { data: 'restored', 'data.before-7': 'old' }

test('the restored one lies in its place, the one before beside it; and back again', () => {
  const { dataPath, restoredPath, found } = twoDatabases()
  const previousPath = putInPlace(restoredPath, dataPath)
  expect([previousPath, found()]).toEqual([`${dataPath}.before-7`, switched])
  putBack(previousPath, { dataPath, restoredPath })
  expect(found()).toEqual(both)
})

test.each([1, 2])('where rename %i fails, both are where they were', (failing) => {
  const { dataPath, restoredPath, found } = twoDatabases()
  const layer = watchedLayer((call, _args, count) => {
    if (call === 'rename' && count === failing) throw systemError('EIO')
  })
  expect(() => putInPlace(restoredPath, dataPath, layer)).toThrow('EIO')
  expect(found()).toEqual(both)
})

test('a process that was killed between the two moves finds the restored one in its place when it starts again', () => {
  const { dataPath, restoredPath, found } = twoDatabases()
  // from the second rename on nothing is done any more
  const layer = watchedLayer((call, _args, count) => {
    if (call === 'rename' && count > 1) throw systemError('EIO')
  })
  expect(() => putInPlace(restoredPath, dataPath, layer)).toThrow('EIO')
  expect(found()).toEqual({ 'data.before-7': 'old', 'data.restored-7': 'restored' })
  finishSwitch(dataPath)
  expect(found()).toEqual(switched)
  // and nothing more
  finishSwitch(dataPath)
  expect(found()).toEqual(switched)
})

test('a restored one that was not on its way there is left alone', () => {
  const { folder, dataPath, found } = twoDatabases()
  finishSwitch(dataPath)
  expect(found()).toEqual(both)
  const other = join(folder, 'other')
  finishSwitch(other)
  expect(found()).toEqual(both)
  expect(() => finishSwitch(join(folder, 'no', 'such', 'folder'))).not.toThrow()
})
