import { describe, expect, test } from 'vitest'
import { memorySource } from '#base/memory-source.ts'
import { walkCommits } from '../../../src-main/rocksdb/commits/walk-commits.ts'
import { samyamaCodec } from '../../../src-main/samyama/codec.ts'
import { encodeStoredNode } from '../../../src-main/samyama/encode.ts'
import { describeFinding } from '../../../src-main/timeline/describe-finding.ts'
import { type AccidentOptions, findAccidents } from '../../../src-main/timeline/find-accidents.ts'
import { markerPut } from '../rocksdb/commits/walk.ts'
import { textOf } from '../rocksdb/fixtures.ts'
import { batch, familyRecord, logOf } from '../rocksdb/log-writer.ts'

const NODES = 1
const EDGES = 2
const NAMES = new Map([
  [NODES, 'nodes'],
  [EDGES, 'edges'],
])
const familyName = (columnFamilyId: number) => NAMES.get(columnFamilyId) ?? null

/** What is found in a log of these batches, each begun by a marker. */
function foundIn(batches: readonly (readonly Uint8Array[])[], options: Partial<AccidentOptions> = {}) {
  let sequence = 1
  const payloads = batches.map((records, index) => {
    const payload = batch(sequence, records.length + 1, markerPut(1_000_000 * (index + 1)), ...records)
    sequence += records.length + 1
    return payload
  })
  const finder = findAccidents({ familyName, ...options })
  const source = memorySource('1.log', logOf(payloads))
  const { operation, add } = finder
  walkCommits([{ logNumber: 1, source }], { lastSequenceBefore: 0 }, { operation, commit: add })
  return finder.findings()
}

const key = (id: number, letter = 'n', tenant = 'shop') => `${tenant}:${letter}:${id.toString(16).padStart(16, '0')}`
const putNode = (id: number, ...labels: string[]) => {
  const node = { type: 'node', id: BigInt(id), labels, properties: [], createdAtMs: 1, updatedAtMs: 2 } as const
  return familyRecord(5, NODES, key(id), textOf(encodeStoredNode(node, 'A1')))
}
const deleteNode = (id: number) => familyRecord(4, NODES, key(id))
const deleteRange = (begin: string, end: string, family = NODES) => familyRecord(0x0e, family, begin, end)
const many = (count: number, record: (index: number) => Uint8Array) =>
  Array.from({ length: count }, (_, index) => record(index))

describe('range deletes', () => {
  test('are found with their keys, their place and the commit before', () => {
    const [finding, ...others] = foundIn([
      [putNode(1, 'A')],
      [deleteRange(key(5), key(9)), putNode(2, 'A')],
      [putNode(3, 'A')],
    ])
    expect([finding, others]).toEqual([
      {
        kind: 'range-delete',
        firstSequence: 3,
        lastSequence: 5,
        sequenceBefore: 2,
        committedAtUs: 2_000_000,
        lastCommittedAtUs: 2_000_000,
        commitCount: 1,
        puts: 1,
        deletes: 0,
        rangeDeletes: 1,
        merges: 0,
        bytes: expect.any(Number),
        families: [{ columnFamilyId: NODES, name: 'nodes' }],
        family: { columnFamilyId: NODES, name: 'nodes' },
        begin: { text: key(5), isCut: false },
        end: { text: key(9), isCut: false },
        rangeCount: 1,
        covers: { what: 'part' },
        severity: 50,
      },
      [],
    ])
  })

  const last = `shop:n:${'f'.repeat(16)}`
  test.for([
    ['shop:n:', 'shop:n;', 'shop'],
    ['shop:', 'shop;', 'shop'],
    [key(0), 'shop:n:g', 'shop'],
    [key(0), `${last}\0`, 'shop'],
    ['a:b:n:', 'a:b:n;', 'a:b'],
  ] as const)('from %s up to %s take a whole tenant', ([begin, end, tenant]) => {
    const found = foundIn([[deleteRange(begin, end)]])
    expect(found).toMatchObject([{ covers: { what: 'tenant', tenant }, severity: 80 }])
    const subject = `Everything of the tenant ${tenant} in nodes was deleted, `
    expect(found.map((finding) => describeFinding(finding).startsWith(subject))).toEqual([true])
  })

  test.for([
    [key(1), 'shop:n:g', NODES],
    [key(0), last, NODES],
    ['shop:e:', 'shop:e;', NODES],
    ['shop:n:', 'shop:n;', 7],
    ['', '\xf4', NODES],
    ['shop', 'shop~', NODES],
  ] as const)('from %s up to %s in family %s take a part', ([begin, end, family]) => {
    expect(foundIn([[deleteRange(begin, end, family)]])).toMatchObject([{ covers: { what: 'part' } }])
  })

  test('from nothing up to behind all text take the whole family', () => {
    const found = foundIn([[deleteRange('', '\xff\xff', EDGES)]])
    expect(found.map((finding) => [describeFinding(finding), finding.severity])).toEqual([
      ['The whole column family edges was deleted, from “” up to “0xffff”.', 100],
    ])
  })

  test('that continue each other are one, also over commits', () => {
    const found = foundIn([
      [deleteRange('a', 'b'), deleteRange('b', 'c')],
      [deleteRange('c', 'd')],
      [deleteRange('x', 'y')],
    ])
    expect(found).toMatchObject([
      { begin: { text: 'a' }, end: { text: 'd' }, rangeCount: 3, commitCount: 2, firstSequence: 1, lastSequence: 5 },
      { begin: { text: 'x' }, end: { text: 'y' }, rangeCount: 1, commitCount: 1, sequenceBefore: 5 },
    ])
    expect(found.map(describeFinding)).toEqual([
      'All keys of nodes were deleted from “a” up to “d” (3 ranges in a row).',
      'All keys of nodes were deleted from “x” up to “y”.',
    ])
  })

  test('show the beginning of keys that are long', () => {
    const found = foundIn([[deleteRange('k'.repeat(100), 'z'.repeat(5000))]])
    expect(found).toMatchObject([
      { begin: { text: 'k'.repeat(64), isCut: true }, end: { text: 'z'.repeat(64), isCut: true } },
    ])
  })
})

describe('changes of a whole label', () => {
  const codec = samyamaCodec('A1')
  const quiet = many(30, (index) => putNode(index, 'Person')).map((record) => [record])

  test('are found when a commit writes many nodes of one label', () => {
    const accident = many(1500, (index) => putNode(index, 'Person', index % 2 === 0 ? 'Author' : 'Reader'))
    const found = foundIn([...quiet, accident, ...quiet], { codec })
    expect(
      found.map(({ kind, firstSequence, lastSequence, sequenceBefore }) => [
        kind,
        firstSequence,
        lastSequence,
        sequenceBefore,
      ]),
    ).toEqual([['label-wide-change', 61, 1561, 60]])
    expect(found.map(describeFinding)).toEqual(['1,500 nodes with the label Person were written in one commit.'])
  })

  test('are found in batches, each label on its own', () => {
    const part = (label: string) => many(300, (index) => putNode(index, label))
    const found = foundIn(
      [
        ...quiet,
        part('A'),
        part('A'),
        part('A'),
        part('A'),
        ...many(5, () => putNode(1, 'Z')).map((record) => [record]),
        part('B'),
        part('B'),
        part('B'),
        part('B'),
      ],
      { codec },
    )
    expect(found).toMatchObject([
      { label: 'A', nodeCount: 1200, commitCount: 4 },
      { label: 'B', nodeCount: 1200, commitCount: 4 },
    ])
  })

  test('are not seen where labels are mixed or rows are no nodes', () => {
    const mixed = many(3000, (index) => putNode(index, index % 3 === 0 ? 'Person' : 'Place'))
    const foreign = many(3000, (index) => familyRecord(5, NODES, key(index), 'no node'))
    expect(foundIn([...quiet, mixed, ...quiet, foreign], { codec })).toEqual([])
  })

  test('tell the label of deleted rows when the state before is known', () => {
    const labelOf = (family: number, bytes: Uint8Array) =>
      family === NODES && textOf(bytes).startsWith('shop') ? 'Person' : null
    const found = foundIn([...quiet, many(2000, deleteNode)], { labelOf })
    expect(found.map((finding) => [finding.kind, describeFinding(finding)])).toEqual([
      ['mass-delete', '2,000 rows were deleted in one commit; usual is 0 a commit.'],
      ['label-wide-change', '2,000 nodes with the label Person were deleted in one commit.'],
    ])
  })
})

test('thresholds can be replaced', () => {
  const batches = [[putNode(1, 'A')], many(20, deleteNode)]
  expect([foundIn(batches).length, foundIn(batches, { thresholds: { deletesMin: 10 } }).length]).toEqual([0, 1])
})
