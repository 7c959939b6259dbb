// Goal: a named recovery point is kept, exactly and for good, or refused. Method: documents on a real disk; every call that
// changes the disk fails once.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { BackupDirectory } from '../../../../src-main/repository/backup-directory.ts'
import { addMark, readMarks } from '../../../../src-main/repository/own/marks.ts'
import { sealJson } from '../../../../src-main/repository/sealed-json.ts'
import { layerCalls, systemError, watchedLayer } from '../../../support/faulty-layer.ts'
import { flipByte } from '../../../support/fixtures.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { aloneWriter, newRepository, putSealed, standingClock } from './fabricated-repository.ts'

const marksIn = (root: string) => readMarks(new BackupDirectory(root))
const code = (name: string) => expect.objectContaining({ code: name })
const order = (name: string, sequence = 7) => ({ name, timeline: '1', sequence })

test('a mark is kept with the time of its making, behind those before it', () => {
  const root = tempDir()
  newRepository(root)
  expect(marksIn(root)).toEqual([])
  const first = addMark(aloneWriter(root, { clock: standingClock(11) }), order('before the upgrade'))
  const second = addMark(aloneWriter(root, { clock: standingClock(5) }), order('ένα δύο 🙂', 0))
  expect([first, second]).toEqual([
    { name: 'before the upgrade', timeline: '1', sequence: 7, madeAtUs: 11 },
    { name: 'ένα δύο 🙂', timeline: '1', sequence: 0, madeAtUs: 5 },
  ])
  expect(marksIn(root)).toEqual([first, second])
  expect(readFileSync(join(root, 'marks.json'))).toEqual(Buffer.from(sealJson({ marks: [first, second] })))
})

test('a name stands once, and is one that can be seen and typed', () => {
  const root = tempDir()
  const writer = newRepository(root)
  addMark(writer, order('a'))
  addMark(writer, order('A'))
  addMark(writer, order('x'.repeat(200)))
  for (const name of ['a', '', ' a', 'a ', 'a\nb', 'a\u200bb', '\ud800', 'x'.repeat(201)]) {
    expect(() => addMark(writer, order(name))).toThrow(code('BAD_REQUEST'))
  }
  expect(() => addMark(writer, { name: 'b', timeline: '2', sequence: 7 })).toThrow(code('BAD_REQUEST'))
  expect(marksIn(root).map(({ name }) => name.length)).toEqual([1, 1, 200])
})

test('marks that are damaged are said to be, and nothing is written over them', () => {
  const root = tempDir()
  const writer = newRepository(root)
  addMark(writer, order('a'))
  flipByte(join(root, 'marks.json'), 30)
  const damaged = readFileSync(join(root, 'marks.json'))
  expect(() => marksIn(root)).toThrow('marks.json')
  expect(() => addMark(writer, order('b'))).toThrow('marks.json')
  expect(readFileSync(join(root, 'marks.json'))).toEqual(damaged)
  const twice = { ...order('a'), madeAtUs: 1 }
  for (const marks of [
    [twice, twice],
    [{ ...twice, name: ' a' }],
    [{ ...twice, timeline: '0' }],
    [{ ...twice, sequence: -1 }],
  ]) {
    putSealed(root, 'marks.json', { marks })
    expect(() => marksIn(root)).toThrow('not what the format says')
  }
})

test('a disk that fails at any call leaves the marks that were there, or those with the new one', () => {
  for (const failing of layerCalls) {
    const root = tempDir()
    const before = addMark(newRepository(root), order('a'))
    let isFailing = true
    const layer = watchedLayer((call) => {
      if (isFailing && call === failing) throw systemError('EIO')
    })
    try {
      addMark(aloneWriter(root, { layer }), order('b'))
    } catch (cause) {
      expect(cause).toEqual(code('IO_FAILED'))
    }
    const names = marksIn(root).map(({ name }) => name)
    expect(['a', 'a,b']).toContain(names.join())
    expect(marksIn(root)[0]).toEqual(before)
    isFailing = false
    if (names.length === 1) addMark(aloneWriter(root, { layer }), order('b'))
    expect(marksIn(root).map(({ name }) => name)).toEqual(['a', 'b'])
  }
})
