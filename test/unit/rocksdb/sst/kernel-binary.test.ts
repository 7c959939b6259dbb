import { readFileSync } from 'node:fs'
import asc from 'assemblyscript/asc'
import { expect, test } from 'vitest'

const folder = new URL('../../../../src-main/rocksdb/sst/kernel/', import.meta.url)
/** 70 pages of 64 KiB hold what block-kernel.ts lays out. */
const options = '--runtime stub -O3 --noAssert --enable simd --initialMemory 70 --maximumMemory 70'

async function compileKernel(): Promise<Uint8Array> {
  const source = readFileSync(new URL('kernel.as', folder), 'utf8')
  let binary = new Uint8Array(0)
  const { error, stderr } = await asc.main(['kernel.ts', '--outFile', 'kernel.wasm', ...options.split(' ')], {
    readFile: (name) => (name === 'kernel.ts' ? source : null),
    writeFile: (_, contents) => {
      if (typeof contents !== 'string') binary = new Uint8Array(contents)
    },
    listFiles: () => [],
  })
  if (error !== null) throw new Error(`kernel.as cannot be compiled: ${stderr.toString()}`, { cause: error })
  return binary
}

test('the kernel is what its source compiles to; `vitest -u` writes it again', { timeout: 120_000 }, async () => {
  const text = `/** kernel.as, compiled: written by test/unit/rocksdb/sst/kernel-binary.test.ts, never changed by hand. */
export const kernelBinary =
  '${Buffer.from(await compileKernel()).toString('base64')}'
`
  await expect(text).toMatchFileSnapshot(new URL('kernel-binary.ts', folder).pathname)
})
