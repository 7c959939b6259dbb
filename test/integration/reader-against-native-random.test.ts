// Goal: no mixture of operations makes our rows differ from RocksDB's. Method: seeded random operations on a database of
// the library in rocksdb-native, with short keys that collide and begin each other, flushes, compactions, reopenings; then
// our pages, of several sizes and from any key, against the library's own iterator.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  type NativeDatabase,
  type NativeFamilyOptions,
  openNativeDatabase,
  rowsOfNative,
  skipWithoutRocksdbNative,
} from '../support/rocksdb-native.ts'
import { tempDir } from '../support/temp-dir.ts'
import { seededRandom } from '../unit/rocksdb/fixtures.ts'
import { allRows, page, upperHex, viewOf } from './reader/rows.ts'

type Random = (below: number) => number

const BYTES = [0x00, 0x01, 0x7f, 0xfe, 0xff]
const SEEDS = Array.from({ length: 12 }, (_, index) => 1000 + index)
const FAMILIES = ['default', 'edges']

function randomKey(random: Random): Buffer {
  return Buffer.from(Array.from({ length: 1 + random(4) }, () => BYTES[random(BYTES.length)] ?? 0))
}

/** Mostly a key with the keys that begin with it: a range over any two keys would leave few rows. */
function randomRange(random: Random): [begin: Buffer, end: Buffer] {
  const [begin, other] = [randomKey(random), randomKey(random)]
  if (random(10) > 0) return [begin, Buffer.concat([begin, Buffer.of(0xff, 0xff)])]
  return Buffer.compare(begin, other) < 0 ? [begin, other] : [other, begin]
}

function randomValue(random: Random): Buffer {
  const sizeBytes = random(10) === 0 ? random(9000) : random(40)
  return Buffer.alloc(sizeBytes, `${random(1_000_000)} `)
}

async function randomBatch(database: NativeDatabase, random: Random): Promise<void> {
  const batch = database.family(FAMILIES[random(2)] ?? '').write()
  const count = 1 + random(30)
  for (let index = 0; index < count; index += 1) {
    const kind = random(20)
    if (kind < 2) batch.tryDeleteRange(...randomRange(random))
    else if (kind < 6) batch.tryDelete(randomKey(random))
    else batch.tryPut(randomKey(random), randomValue(random))
  }
  await batch.flush()
  batch.destroy()
}

/** A database after random steps, and what its own iterator shows at the end; then it is closed. */
async function randomDatabase(path: string, random: Random): Promise<[key: string, value: string][][]> {
  const family: NativeFamilyOptions = {
    tableFormatVersion: 2 + random(6),
    tableBlockSize: random(2) === 0 ? 64 : 4096,
    writeBufferSize: random(2) === 0 ? 70_000 : 1 << 24,
  }
  const options = { defaultFamily: family, families: { edges: family } }
  let database = await openNativeDatabase(path, options)
  const steps = 20 + random(40)
  for (let step = 0; step < steps; step += 1) {
    const kind = random(20)
    if (kind === 0) await database.family(FAMILIES[random(2)] ?? '').compact()
    else if (kind < 4) await database.family(FAMILIES[random(2)] ?? '').flush()
    else if (kind === 4) {
      await database.close()
      database = await openNativeDatabase(path, options)
    } else await randomBatch(database, random)
  }
  const rows = [await rowsOfNative(database.family('default')), await rowsOfNative(database.family('edges'))]
  await database.close()
  return rows
}

test.for(SEEDS)(
  'after random operations (seed %i) every page is what the iterator of RocksDB 10 shows',
  async (seed, context) => {
    skipWithoutRocksdbNative(context)
    const random = seededRandom(seed)
    const path = join(tempDir(), 'database')
    const expected = await randomDatabase(path, random)
    const view = viewOf(path)
    expect(view.damages).toEqual([])
    expect(expected.flat().length).toBeGreaterThan(10)
    for (const [id, rows] of expected.entries()) {
      for (const limit of [1, 3, 1000]) expect(allRows(view, id, limit)).toEqual(rows)
      for (let index = 0; index < 30; index += 1) {
        const start = randomKey(random)
        const at = rows.filter(([key]) => key >= upperHex(start)).slice(0, 3)
        expect(page(view, { columnFamilyId: id, from: start, limit: 3 }).lines).toEqual(at)
        const behind = rows.filter(([key]) => key > upperHex(start)).slice(0, 3)
        expect(page(view, { columnFamilyId: id, after: start, limit: 3 }).lines).toEqual(behind)
      }
    }
    view.close()
  },
)
