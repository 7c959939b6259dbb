// Goal: what was lost between two backups of any database is found, rows that nobody can read as well. Method: backups that ldb
// made, seen as two views of different files.
import { expect, test } from 'vitest'
import { BackupDirectory } from '../../src-main/repository/backup-directory.ts'
import { filesOfBackup } from '../../src-main/repository/manifest-of-backup.ts'
import { readMeta } from '../../src-main/repository/read-meta.ts'
import { openView, type View } from '../../src-main/rocksdb/view/view.ts'
import { encodeStoredNode } from '../../src-main/samyama/encode.ts'
import { encodeRowKey } from '../../src-main/samyama/keys.ts'
import type { PropertyValue } from '../../src-main/samyama/property-value.ts'
import type { StoredNode } from '../../src-main/samyama/rows.ts'
import { lostLine } from '../../src-main/undo/export/lost-lines.ts'
import { everythingLost } from '../../src-main/undo/lost.ts'
import { readLost } from '../../src-main/undo/read-lost.ts'
import { makeBackupDirectory } from '../support/rocksdb-tools.ts'
import { tempDir } from '../support/temp-dir.ts'

const CREATED_AT_MS = Date.UTC(2026, 10, 22)

function node(id: bigint, value: PropertyValue, updatedAtMs = CREATED_AT_MS): StoredNode {
  const properties = [{ name: 'p', value }]
  return { type: 'node', id, labels: ['A'], properties, createdAtMs: CREATED_AT_MS, updatedAtMs }
}

const key = (id: bigint) => encodeRowKey({ tenant: 'default', type: 'node', id })
const integer = (value: bigint): PropertyValue => ({ type: 'integer', value })
const list: PropertyValue = { type: 'array', items: [integer(1n), { type: 'string', value: 'x' }] }

test('rows of every kind that went or changed between two backups are found', async () => {
  const directory = await makeBackupDirectory({
    folder: tempDir(),
    compression: 'lz4',
    backups: [
      [
        {
          kind: 'put',
          entries: [
            ['a', '1'],
            ['b', '2'],
            ['c', '3'],
          ],
        },
        { kind: 'createFamily', name: 'nodes' },
        {
          kind: 'load',
          family: 'nodes',
          entries: [
            // the first fifty rows of this kind do not tell which release wrote the list
            ...Array.from({ length: 60 }, (_, id): [Uint8Array, Uint8Array] => [
              key(BigInt(id)),
              encodeStoredNode(node(BigInt(id), integer(BigInt(id))), 'A1'),
            ]),
            [key(100n), encodeStoredNode(node(100n, list), 'A1')],
            [key(101n), Uint8Array.of(1, 2, 255)],
          ],
        },
      ],
      [
        { kind: 'delete', family: 'default', key: 'a' },
        {
          kind: 'put',
          entries: [
            ['b', '9'],
            ['d', '4'],
          ],
        },
        {
          kind: 'load',
          family: 'nodes',
          entries: [
            // written again with a new time alone
            [key(1n), encodeStoredNode(node(1n, integer(1n), CREATED_AT_MS + 5), 'A1')],
            [key(2n), encodeStoredNode(node(2n, integer(-2n)), 'A1')],
          ],
        },
        { kind: 'delete', family: 'nodes', key: key(100n) },
        { kind: 'delete', family: 'nodes', key: key(101n) },
      ],
    ],
  })
  const [before, after] = [1, 2].map((backupId) => viewOf(directory.backupPath, backupId)) as [View, View]
  try {
    const options = { nowMs: CREATED_AT_MS, hasOneBase: false, checkpoint: () => {} }
    const lost = readLost(before, after, everythingLost, options)
    const value = (text: string) => ({
      kind: 'value',
      value: { bytes: new Uint8Array(Buffer.from(text)), sizeBytes: text.length },
    })
    const other = (name: string) => ({
      kind: 'other',
      columnFamilyName: 'default',
      key: new Uint8Array(Buffer.from(name)),
    })
    const rows = [...lost.rows('all')]
    expect(rows).toEqual([
      { kind: 'node', tenant: 'default', before: node(2n, integer(2n)), after: node(2n, integer(-2n)) },
      { kind: 'node', tenant: 'default', before: node(100n, list), after: null },
      {
        ...{ kind: 'other', columnFamilyName: 'nodes', key: key(101n), after: null },
        before: { kind: 'value', value: { bytes: Uint8Array.of(1, 2, 255), sizeBytes: 3 } },
      },
      { ...other('a'), before: value('1'), after: null },
      { ...other('b'), before: value('2'), after: value('9') },
    ])
    expect(JSON.parse(lostLine(rows[2]!))).toMatchObject({ before: { kind: 'value', hex: '0102ff' }, after: null })
    expect(lost.counts()).toEqual({
      nodes: { removedCount: 1, changedCount: 1 },
      edges: { removedCount: 0, changedCount: 0 },
      others: { removedCount: 2, changedCount: 1 },
      addedCount: 1,
      labels: [{ name: 'A', removedCount: 1, changedCount: 1 }],
      edgeTypes: [],
      damageCount: 0,
    })
  } finally {
    before.close()
    after.close()
  }
})

function viewOf(path: string, backupId: number): View {
  const directory = new BackupDirectory(path)
  return openView(filesOfBackup(directory, readMeta(directory, backupId).meta))
}
