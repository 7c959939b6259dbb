// Goal: the journal of a replay tells after any crash what is sure and what is in doubt. Method: real files, cut at every byte,
// and a layer whose calls fail in turn.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { nodeFileLayer } from '../../../src-main/base/file-layer.ts'
import { ReplayJournal } from '../../../src-main/undo/replay/journal.ts'
import { takeRunLock } from '../../../src-main/undo/replay/run-lock.ts'
import { systemError, watchedLayer } from '../../support/faulty-layer.ts'
import { tempDir } from '../../support/temp-dir.ts'

const read = (folder: string) => ReplayJournal.read(folder, nodeFileLayer)

function facts(journal: ReplayJournal) {
  const { made, isFresh } = journal
  const ids = [1n, 2n, 3n, 4n, 9n]
  return {
    isFresh,
    nodes: ids.map((id) => made.nodes.get(id)),
    edges: ids.map((id) => made.edges.get(id)),
    doubtful: [journal.doubtful('nodes'), journal.doubtful('edges')],
  }
}

const nothing = [null, null, null, null, null]

describe('a journal', () => {
  test('remembers over runs what was made, and doubts what was begun alone', () => {
    const folder = join(tempDir(), 'deep', 'journal')
    expect(facts(read(folder))).toEqual({ isFresh: true, nodes: nothing, edges: nothing, doubtful: [[], []] })
    const first = read(folder)
    first.start()
    first.begin('nodes', { first: 1n, last: 2n })
    first.done('nodes', [
      [1n, 11n],
      [2n, 12n],
    ])
    first.settle('nodes')
    first.begin('nodes', { first: 3n, last: 4n })
    first.begin('edges', { first: 9n, last: 2n ** 64n - 1n })
    first.close()
    const second = read(folder)
    expect(facts(second)).toEqual({
      isFresh: false,
      nodes: [11n, 12n, null, null, null],
      edges: nothing,
      doubtful: [[{ first: 3n, last: 4n }], [{ first: 9n, last: 2n ** 64n - 1n }]],
    })
    second.start()
    second.done('nodes', [[4n, 14n]])
    second.done('nodes', [[3n, 13n]])
    second.settle('nodes')
    second.close()
    expect(readdirSync(folder)).toEqual(['000001.jsonl', '000002.jsonl'])
    expect(facts(read(folder))).toMatchObject({ nodes: [11n, 12n, 13n, 14n, null], doubtful: [[], [{ first: 9n }]] })
  })

  test('that was cut at any byte knows what its whole lines say', () => {
    const folder = tempDir()
    const journal = read(folder)
    journal.start()
    journal.begin('nodes', { first: 1n, last: 1n })
    journal.done('nodes', [[1n, 11n]])
    journal.close()
    const path = join(folder, '000001.jsonl')
    const whole = readFileSync(path)
    const lineEnd = whole.indexOf(10)
    for (let length = 0; length <= whole.byteLength; length += 1) {
      writeFileSync(path, whole.subarray(0, length))
      const isBegun = length > lineEnd
      expect(facts(read(folder))).toEqual({
        isFresh: !isBegun,
        nodes: [length === whole.byteLength ? 11n : null, null, null, null, null],
        edges: nothing,
        doubtful: [isBegun ? [{ first: 1n, last: 1n }] : [], []],
      })
    }
  })

  test('says that it is damaged when a whole line is no line of a journal', () => {
    const folder = tempDir()
    for (const line of ['x\n', '{"line":"other"}\n', '{"line":"begun","kind":"nodes","first":"x","last":"1"}\n']) {
      writeFileSync(join(folder, '000001.jsonl'), line)
      expect(() => read(folder)).toThrow(expect.objectContaining({ code: 'DAMAGED' }))
    }
  })

  test('has a batch on the disk before it is sent, or fails', () => {
    for (const call of ['write', 'sync'] as const) {
      const journal = ReplayJournal.read(
        tempDir(),
        watchedLayer((each, _args, count) => {
          // the first sync is that of the folder
          if (each === call && count === (call === 'sync' ? 2 : 1)) throw systemError('ENOSPC')
        }),
      )
      journal.start()
      expect(() => journal.begin('nodes', { first: 1n, last: 1n })).toThrow(
        expect.objectContaining({ code: 'DISK_FULL' }),
      )
      journal.close()
    }
  })
})

test('one process at a time replays; what a dead one left is taken over', () => {
  const folder = tempDir()
  const giveBack = takeRunLock(folder, nodeFileLayer)
  expect(() => takeRunLock(folder, nodeFileLayer)).toThrow(expect.objectContaining({ code: 'TARGET_BUSY' }))
  giveBack()
  // no process has this id
  for (const left of ['4194305', '', 'x']) {
    writeFileSync(join(folder, 'running'), left)
    takeRunLock(folder, nodeFileLayer)()
  }
  expect(readdirSync(folder)).toEqual([])
})
