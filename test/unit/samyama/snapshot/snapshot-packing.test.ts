import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { parseSnapshotKey } from '../../../../src-main/samyama/snapshot/encrypted-container.ts'
import type { SnapshotItem, SnapshotRecord } from '../../../../src-main/samyama/snapshot/snapshot-record.ts'
import { fromText } from '../worked-example.ts'
import { encryptSnapshot, NAME, readItems, writeSnapshot } from './snapshot-support.ts'

/** Enough nodes for many steps of the unpacking. */
const nodes: SnapshotRecord[] = Array.from({ length: 4000 }, (_, index) => ({
  type: 'node',
  id: BigInt(index),
  labels: ['Person'],
  properties: [{ name: 'score', value: { type: 'float', value: Math.sin(index) } }],
  createdAtMs: 0,
  updatedAtMs: 0,
}))

let bytes: Uint8Array
let items: SnapshotItem[]

beforeAll(async () => {
  bytes = (await writeSnapshot(nodes)).bytes
  items = await readItems(bytes)
})

function damage(structure: string, problem: string, expected: string | null = null, found: string | null = null) {
  return { type: 'damage', damage: { file: NAME, offsetBytes: null, structure, problem, expected, found } }
}

function changed(at: number, mask = 1): Uint8Array {
  const copy = bytes.slice()
  copy[at < 0 ? copy.length + at : at]! ^= mask
  return copy
}

/** Damages of a reading, and how many nodes came before. */
async function summary(packed: Uint8Array, options?: Parameters<typeof readItems>[1]) {
  const read = await readItems(packed, options)
  return {
    nodeCount: read.filter((item) => item.type === 'node').length,
    damages: read.filter((item) => item.type === 'damage'),
  }
}

describe('the gzip member', () => {
  test('a whole one is read whole', () => {
    expect(items.slice(1, -1)).toEqual(nodes)
    expect(items.at(-1)).toEqual({
      type: 'end',
      nodeCount: 4000,
      edgeCount: 0,
      otherCount: 0,
      lineCount: 4001,
      damageCount: 0,
    })
  })

  test.each([
    ['checksum', -8, /^checksum mismatch$/],
    ['length', -1, /^length mismatch$/],
  ])('a wrong %s in the trailer is told apart, and every record is read', async (_name, at, problem) => {
    const { nodeCount, damages } = await summary(changed(at))
    expect(nodeCount).toBe(4000)
    expect(damages).toMatchObject([{ damage: { structure: 'gzip', problem: expect.stringMatching(problem) } }])
  })

  test.each([1, 7, 8])('a trailer that lacks %i bytes is truncated, and every record is read', async (missing) => {
    expect(await summary(bytes.subarray(0, -missing))).toEqual({
      nodeCount: 4000,
      damages: [damage('gzip', 'truncated: the trailer is cut off')],
    })
  })

  test('packed data that is cut off is truncated, and the records before the cut are read', async () => {
    const { nodeCount, damages } = await summary(bytes.subarray(0, bytes.length / 2))
    expect(nodeCount).toBeGreaterThan(1500)
    expect(damages).toEqual([
      damage('gzip', 'truncated: the packed data has no end'),
      damage('snapshot', 'not as many nodes as its header says', '4000', `${nodeCount}`),
    ])
  })

  test('bytes behind the trailer are damage, whatever they are', async () => {
    for (const more of [new Uint8Array(20_000), bytes]) {
      expect(await summary(Buffer.concat([bytes, more]))).toEqual({
        nodeCount: 4000,
        damages: [damage('gzip', 'bytes behind the trailer, which no import reads')],
      })
    }
  })

  test('other files are no snapshot', async () => {
    expect((await readItems(fromText('{"format":"sgsnap"}')))[0]).toEqual(damage('gzip', 'not a gzip file'))
    expect((await readItems(new Uint8Array(0)))[0]).toEqual(damage('gzip', 'the file is empty'))
  })

  test('a cut anywhere, or a change anywhere in the packed data, is damage', async () => {
    const small = (await writeSnapshot(nodes.slice(0, 3))).bytes
    for (let at = 0; at < small.length; at += 1) {
      expect((await summary(small.subarray(0, at))).damages.length).toBeGreaterThan(0)
      const copy = small.slice()
      copy[at]! ^= 0x20
      // the time, the flags of the packer and the system in the header mean nothing to a reader
      if (at < 3 || at > 9) expect((await summary(copy)).damages.length).toBeGreaterThan(0)
    }
  })

  test('unpacking ends at the limits', async () => {
    await expect(readItems(bytes, { unpackedBytesMax: 100_000 })).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
    const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024))
    await expect(readItems(bomb)).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      facts: { message: 'the snapshot unpacks to implausibly much' },
    })
  })

  test('the checkpoint can stop the reading', async () => {
    const checkpoint = () => {
      throw new Error('stopped')
    }
    await expect(readItems(bytes, { checkpoint })).rejects.toThrow('stopped')
  })
})

describe('the encrypted container', () => {
  const key = new Uint8Array(32).fill(7)

  test('is read like the snapshot inside it', async () => {
    for (const frameBytes of [64 * 1024, 1000]) {
      expect(await readItems(Buffer.concat(encryptSnapshot(bytes, key, frameBytes)), { key })).toEqual(items)
    }
  })

  test('needs its key', async () => {
    const sealed = Buffer.concat(encryptSnapshot(bytes, key))
    await expect(readItems(sealed)).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      facts: { message: 'the snapshot is encrypted' },
    })
    await expect(readItems(sealed, { key: new Uint8Array(32) })).rejects.toMatchObject({
      code: 'ACCESS_DENIED',
      facts: { message: 'the key does not open the snapshot, or its first frame is damaged' },
    })
  })

  test.each<[string, (parts: Buffer[]) => Buffer[], string]>([
    ['without its last frame', (parts) => parts.slice(0, -1), 'truncated: the last frame is missing'],
    [
      'cut inside a frame',
      (parts) => [...parts.slice(0, 3), parts[3]!.subarray(0, -1)],
      'truncated: the frame is cut off',
    ],
    ['with a frame left out', (parts) => parts.toSpliced(2, 1), 'it was changed'],
    ['with two frames exchanged', (parts) => parts.toSpliced(2, 2, parts[3]!, parts[2]!), 'it was changed'],
    ['with an impossible length', (parts) => parts.toSpliced(2, 1, Buffer.alloc(40, 0xff)), 'impossible length'],
    ['with bytes at its end', (parts) => [...parts, Buffer.from('x')], 'bytes behind the last frame'],
    [
      'of a later version',
      (parts) => parts.toSpliced(0, 1, Buffer.from('SGSNAPENC\0\0\x02prefix!!')),
      'unknown version of encryption',
    ],
    ['that ends in its header', () => [Buffer.from('SGSNAPENC\0\0\x01')], 'truncated: the header is cut off'],
  ])('%s is damage', async (_name, change, problem) => {
    const parts = change(encryptSnapshot(bytes, key, 8000))
    const { damages } = await summary(Buffer.concat(parts), { key })
    expect(damages[0]).toMatchObject({ damage: { file: NAME, structure: 'encrypted frame', problem } })
  })

  test('a key file holds 32 bytes or 64 hex digits', () => {
    expect(parseSnapshotKey(key)).toEqual(key)
    expect(parseSnapshotKey(fromText(` ${'07'.repeat(32)}\n`))).toEqual(key)
    expect([31, 33].map((size) => parseSnapshotKey(new Uint8Array(size)))).toEqual([null, null])
    expect(parseSnapshotKey(fromText('zz'.repeat(32)))).toBeNull()
  })
})
