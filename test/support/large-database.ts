import { randomBytes } from 'node:crypto'
import { openNativeDatabase } from './rocksdb-native.ts'

/** Writes a database whose tables have so many MiB that do not compress, each table one of them, and closes it. */
export async function writeLargeDatabase(path: string, mebibytes: number): Promise<void> {
  const database = await openNativeDatabase(path)
  const family = database.family('default')
  for (let table = 0; table < mebibytes; table += 1) {
    for (let row = 0; row < 16; row += 1)
      await family.put(Buffer.from(`row ${table * 16 + row}`), randomBytes(64 * 1024))
    await family.flush()
  }
  await database.close()
}
