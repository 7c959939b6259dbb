import { join } from 'node:path'
import { fuzzTests } from '../../../support/fuzz/fuzz-tests.ts'
import { type LdbCompression, skipWithoutRocksdbTools, writeDatabase } from '../../../support/rocksdb-tools.ts'
import { tempDir } from '../../../support/temp-dir.ts'
import { expectedFailures } from './expected-failures.ts'
import { targets } from './targets.ts'

const COMPRESSIONS: readonly LdbCompression[] = ['no', 'snappy', 'zlib', 'bzip2', 'lz4', 'zstd']

fuzzTests({
  targetsUrl: new URL('./targets.ts', import.meta.url).href,
  targets,
  group: 'blobs',
  testFile: 'test/unit/rocksdb/fuzz/blobs.test.ts',
  expectedFailures,
  async prepare(context) {
    skipWithoutRocksdbTools(context)
    const folder = tempDir()
    for (const compression of COMPRESSIONS) await writeBlobs(join(folder, compression), compression)
    return folder
  },
})

async function writeBlobs(path: string, compression: LdbCompression): Promise<void> {
  const entries = Array.from({ length: 12 }, (_, index) => {
    return [`key${index}`, `value ${index} `.repeat(30 + index)] as const
  })
  const ldbOptions = ['--enable_blob_files', '--min_blob_size=10', `--blob_compression_type=${compression}`]
  await writeDatabase(path, [{ kind: 'put', entries }, { kind: 'compact' }], { ldbOptions, compression })
}
