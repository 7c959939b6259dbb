import { expect, test } from 'vitest'
import type { BackupFile, DataRow } from '#contract'
import { base64FromBytes } from '../../../src-renderer/base/key-text.ts'
import { fileColumns, isShown } from '../../../src-renderer/places/files/file-columns.ts'
import { dataColumns, propertyOf } from '../../../src-renderer/places/parts/data-columns.ts'

const base64 = (text: string) => base64FromBytes(new TextEncoder().encode(text))

const raw: DataRow = {
  key: base64('k'),
  sequence: 1,
  kind: 'value',
  value: base64('v'),
  valueSizeBytes: 1,
  parts: [],
  decoded: null,
}
const node: DataRow = {
  ...raw,
  decoded: {
    type: 'node',
    id: '41',
    tenant: 'default',
    labels: ['Customer'],
    source: null,
    target: null,
    properties: ['name', 'country', 'since', 'email'].map((name) => ({ name, type: 'string', text: name })),
    createdAtMs: null,
    updatedAtMs: null,
  },
}
const file: BackupFile = {
  path: 'shared_checksum/000011_s1_9.sst',
  databaseName: '000011.sst',
  role: 'table',
  sizeBytes: 9,
  crc32c: 1,
  columnFamilyName: 'nodes',
  level: 6,
  smallestKey: base64('n:1'),
  largestKey: base64('n:9'),
  entryCount: 2,
  deletionCount: 0,
  rangeDeletionCount: 0,
  compression: 'ZSTD',
  blockChecksum: 'XXH3',
  formatVersion: 6,
  createdAtUs: null,
  sharedWith: [],
  sharedWithCount: 0,
  excluded: false,
  problem: null,
}

test('rows that no codec understood are shown as keys and values', () => {
  expect(dataColumns([raw, raw, node]).map((column) => column.title)).toEqual(['Key', 'Value', 'Size', 'Sequence'])
})

test('nodes are shown with their commonest properties, edges with their ends', () => {
  const columns = dataColumns([node, raw])
  expect(columns.map((column) => column.title)).toEqual(['Node', 'Labels', 'name', 'country', 'since', 'Updated'])
  expect(columns.map((column) => propertyOf(node, column))).toEqual([null, null, 'name', 'country', 'since', null])
  const edge: DataRow = { ...node, decoded: node.decoded && { ...node.decoded, type: 'edge', properties: [] } }
  expect(dataColumns([edge]).map((column) => column.title)).toEqual(['Edge', 'Type', 'From', 'To', 'Updated'])
})

test('what is wrong with files has a column beside the name, when anything is', () => {
  expect(fileColumns([file]).some((column) => column.id === 'problem')).toBe(false)
  expect(fileColumns([file, { ...file, problem: 'missing' }])[1]?.id).toBe('problem')
})

test('the filter of files looks at name, key range, column family, level and problems', () => {
  const all = { text: '', family: '', level: '', onlyProblems: false }
  const filters = [
    all,
    { ...all, text: '000011' },
    { ...all, text: 'N:9' },
    { ...all, level: '6' },
    { ...all, family: 'nodes' },
  ]
  expect(filters.map((filter) => isShown(file, filter))).toEqual([true, true, true, true, true])
  const others = [
    { ...all, text: 'zebra' },
    { ...all, level: '0' },
    { ...all, family: 'edges' },
    { ...all, onlyProblems: true },
  ]
  expect(others.map((filter) => isShown(file, filter))).toEqual([false, false, false, false])
})
