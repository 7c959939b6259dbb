import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { memorySource } from '../../../../src-main/base/memory-source.ts'
import { readSnapshot } from '../../../../src-main/samyama/snapshot/read-snapshot.ts'
import type { SnapshotItem } from '../../../../src-main/samyama/snapshot/snapshot-record.ts'
import { exampleHeader, NAME, readItems } from './snapshot-support.ts'

const headerLine = JSON.stringify({
  format: 'sgsnap',
  version: 2,
  tenant: 'default',
  node_count: 2,
  edge_count: 1,
  labels: ['Person'],
  edge_types: ['KNOWS'],
  created_at: '2026-10-05T12:00:00+00:00',
  samyama_version: '1.11.0',
  dropped: [],
})
const ann = '{"t":"n","id":1,"labels":["Person"],"props":{"name":"Ann"},"created_at":1700000000000,"updated_at":5}'
const bob = '{"t":"n","id":9007199254740993,"labels":[],"props":{}}'
const knows = '{"t":"e","id":7,"src":1,"tgt":9007199254740993,"type":"KNOWS","props":{"since":2020}}'
const catalogue = '{"t":"i","definitions":[]}'
const sound = [headerLine, catalogue, ann, bob, knows]

const annItem: SnapshotItem = {
  type: 'node',
  id: 1n,
  labels: ['Person'],
  properties: [{ name: 'name', value: { type: 'string', value: 'Ann' } }],
  createdAtMs: 1_700_000_000_000,
  updatedAtMs: 5,
}
const bobItem: SnapshotItem = {
  type: 'node',
  id: 9_007_199_254_740_993n,
  labels: [],
  properties: [],
  createdAtMs: 0,
  updatedAtMs: 0,
}
const knowsItem: SnapshotItem = {
  type: 'edge',
  id: 7n,
  source: 1n,
  target: 9_007_199_254_740_993n,
  edgeType: 'KNOWS',
  properties: [{ name: 'since', value: { type: 'integer', value: 2020n } }],
  createdAtMs: 0,
}
const headerItem: SnapshotItem = { type: 'header', header: { ...exampleHeader, nodeCount: 2, edgeCount: 1 } }
const catalogueItem: SnapshotItem = { type: 'other', kind: 'i', text: catalogue }
const endItem: SnapshotItem = { type: 'end', nodeCount: 2, edgeCount: 1, otherCount: 1, lineCount: 5, damageCount: 0 }

function packed(lines: readonly string[]): Buffer {
  return gzipSync(lines.map((line) => `${line}\n`).join(''), { level: 3 })
}

function damage(structure: string, problem: string, expected: string | null = null, found: string | null = null) {
  return { type: 'damage', damage: { file: NAME, offsetBytes: null, structure, problem, expected, found } }
}

describe('a sound snapshot', () => {
  test('is read as its header, its records in order, and an end without damage', async () => {
    expect(await readItems(packed(sound))).toEqual([headerItem, catalogueItem, annItem, bobItem, knowsItem, endItem])
  })

  test('may end without a newline, have empty lines and line ends of Windows, and white space in its JSON', async () => {
    const loose = [headerLine, '', catalogue, ann.replaceAll(',"', ' , "'), bob].join('\r\n')
    expect(await readItems(gzipSync(`${loose}\n\n${knows}`))).toEqual([
      headerItem,
      catalogueItem,
      annItem,
      bobItem,
      knowsItem,
      { ...endItem, lineCount: 7 },
    ])
  })

  test('may come with a file name in its gzip header', async () => {
    const plain = packed(sound)
    const named = Buffer.concat([
      plain.subarray(0, 3),
      Buffer.from([8]),
      plain.subarray(4, 10),
      Buffer.from('g\0'),
      plain.subarray(10),
    ])
    expect((await readItems(named)).at(-1)).toEqual(endItem)
  })

  test('says in its header what was dropped and which query catalogue belongs to it', async () => {
    const dropped = [{ what: 'edge_creation_timestamps', count: 1, detail: 'Gone.' }]
    const queries = { file: 'graph.queries.json', sha256: 'ab'.repeat(32) }
    const line = JSON.stringify({ ...JSON.parse(headerLine), dropped, queries, read_only: true })
    expect((await readItems(packed([line, ...sound.slice(1)])))[0]).toEqual({
      type: 'header',
      header: { ...exampleHeader, nodeCount: 2, edgeCount: 1, dropped, queries },
    })
  })

  test('the reading ends early when its consumer does', async () => {
    for await (const item of readSnapshot(memorySource(NAME, packed(sound)))) {
      expect(item).toEqual(headerItem)
      break
    }
  })
})

describe('damaged lines', () => {
  test.each([
    ['broken JSON', '{"t":"n","id":1', 'not valid JSON', null],
    ['no object', '[1]', 'not a JSON object', null],
    ['no kind', '{"id":1}', 'the field t is missing or something else', 'a string'],
    ['no id', '{"t":"n","labels":[],"props":{}}', 'the field id is missing or something else', 'an integer of 64 bits'],
    [
      'a negative id',
      '{"t":"n","id":-1,"labels":[],"props":{}}',
      'the field id is missing or something else',
      'an integer of 64 bits',
    ],
    [
      'a label that is no text',
      '{"t":"n","id":1,"labels":[1],"props":{}}',
      'the field labels is missing or something else',
      'a list of strings',
    ],
    [
      'properties that are no object',
      '{"t":"n","id":1,"labels":[],"props":[]}',
      'the field props is missing or something else',
      'an object',
    ],
    [
      'a time beyond the calendar',
      '{"t":"n","id":1,"labels":[],"props":{},"created_at":9007199254740993}',
      'the field created_at is missing or something else',
      'an integer below 2^53',
    ],
    [
      'an integer of 65 bits',
      '{"t":"n","id":18446744073709551616,"labels":[],"props":{}}',
      'an integer beyond 64 bits',
      null,
    ],
    [
      'a property of 64 bits without a sign',
      '{"t":"n","id":1,"labels":[],"props":{"a":9223372036854775808}}',
      'a property beyond 64 bits with a sign',
      null,
    ],
    [
      'a float beyond 64 bits',
      '{"t":"n","id":1,"labels":[],"props":{"a":1e999}}',
      'a number beyond 64-bit floats',
      null,
    ],
    [
      'deep nesting',
      `{"t":"n","id":1,"labels":[],"props":{"a":${'['.repeat(66)}${']'.repeat(66)}}}`,
      'a property is nested too deep',
      null,
    ],
    ['hostile nesting', '['.repeat(100_000), 'nested too deep', null],
  ])('%s is damage of its line, and the rest is read', async (_name, line, problem, expected) => {
    expect(await readItems(packed([headerLine, ann, line, bob, knows]))).toEqual([
      headerItem,
      annItem,
      damage('line 3', problem, expected),
      bobItem,
      knowsItem,
      { ...endItem, otherCount: 0, damageCount: 1 },
    ])
  })

  test('text that is no UTF-8 is damage of its line', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${headerLine}\n`),
      Buffer.from([0x7b, 0xff, 0x7d, 0x0a]),
      Buffer.from(ann),
    ])
    expect((await readItems(gzipSync(bytes))).slice(1, 3)).toEqual([damage('line 2', 'not valid UTF-8'), annItem])
  })

  test('a line over the limit is skipped, also when it spans many chunks', async () => {
    const long = `{"t":"n","id":1,"labels":[],"props":{"a":"${'x'.repeat(300_000)}"}}`
    expect(await readItems(packed([headerLine, long, ann, long]), { lineBytesMax: 1000 })).toEqual([
      headerItem,
      damage('line 2', 'the line is too long'),
      annItem,
      damage('line 4', 'the line is too long'),
      damage('snapshot', 'not as many nodes as its header says', '2', '1'),
      damage('snapshot', 'not as many edges as its header says', '1', '0'),
      { type: 'end', nodeCount: 1, edgeCount: 0, otherCount: 0, lineCount: 4, damageCount: 4 },
    ])
  })
})

describe('the header', () => {
  test.each([
    ['another format', headerLine.replace('sgsnap', 'graphml')],
    ['a later version', headerLine.replace('"version":2', '"version":3')],
    ['a version with a fraction', headerLine.replace('"version":2', '"version":2.0')],
  ])('of %s stops the reading', async (_name, line) => {
    expect(await readItems(packed([line, ann]))).toEqual([
      damage('line 1', 'not the header of a known snapshot', 'format sgsnap, version 1 or 2'),
      { type: 'end', nodeCount: 0, edgeCount: 0, otherCount: 0, lineCount: 1, damageCount: 1 },
    ])
  })

  test.each([
    ['damaged', '{"format":', 'not valid JSON'],
    ['empty', '', 'not valid JSON'],
    ['missing', ann, 'a record where the header belongs'],
  ])('that is %s is damage, and the records behind it are read', async (_name, line, problem) => {
    expect(await readItems(packed([line, ann, bob]))).toEqual([
      damage('line 1', problem),
      annItem,
      bobItem,
      { type: 'end', nodeCount: 2, edgeCount: 0, otherCount: 0, lineCount: 3, damageCount: 1 },
    ])
  })

  test('a snapshot without any line is damage', async () => {
    expect(await readItems(gzipSync(''))).toEqual([
      damage('snapshot', 'the snapshot holds no line'),
      { type: 'end', nodeCount: 0, edgeCount: 0, otherCount: 0, lineCount: 0, damageCount: 1 },
    ])
  })
})
