import type RocksDB from 'rocksdb-native'
import type { WriteOperation } from 'rocksdb-native'
import { expect, test } from 'vitest'
import { FamilyBatch, type FamilySessions } from '../../../../src-main/sandbox/store/family-batch.ts'

/** A package whose batches ask their session for its family at each operation, as known, or only once. */
function packageThat(asksEachTime: boolean) {
  const family = (name: string) => ({ name, _handle: { name } })
  const sessionOf = (name: string) => ({ defaultColumnFamily: family(name) })
  const families = { default: sessionOf('default'), nodes: sessionOf('nodes'), edges: sessionOf('edges') }
  const session = {
    _columnFamily: families.default.defaultColumnFamily,
    write() {
      const first = this._columnFamily
      const operations: WriteOperation[] = []
      const add = () => void operations.push({ columnFamily: (asksEachTime ? this._columnFamily : first)._handle })
      return { _operations: operations, tryPut: add, tryDelete: add, tryDeleteRange: add }
    },
  }
  const root = { session: () => session }
  return new FamilyBatch(root as unknown as RocksDB, families as unknown as FamilySessions, 4)
}

const key = Buffer.from('key')

test('a batch counts the operations and bytes of all families', () => {
  const batch = packageThat(true)
  batch.put('default', key, Buffer.from('value'))
  batch.put('nodes', key, Buffer.from('v'))
  batch.delete('edges', key)
  batch.deleteRange('nodes', key, key)
  expect([batch.operationCount, batch.recordBytes]).toEqual([4, 8 + 4 + 3 + 6 + 4 * 16])
})

test('a package that would put a row into the family of another fails at once', () => {
  const batch = packageThat(false)
  batch.put('default', key, key)
  expect(() => batch.put('nodes', key, key)).toThrow('an operation is for the family asked for')
})
