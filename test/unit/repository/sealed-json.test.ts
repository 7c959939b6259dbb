import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openSealedJson, sealJson } from '../../../src-main/repository/sealed-json.ts'

test('a sealed document is a JSON document, and gives back what was sealed', () => {
  const bytes = sealJson({ name: 'Größe', count: 3 })
  expect(JSON.parse(Buffer.from(bytes).toString())).toEqual({
    crc32c: expect.any(Number),
    body: { name: 'Größe', count: 3 },
  })
  fc.assert(
    fc.property(fc.jsonValue(), (body) => {
      expect(openSealedJson('a.json', sealJson(body))).toEqual(JSON.parse(JSON.stringify(body)))
    }),
  )
})

test('a document with any byte changed or cut off is damage that names the file', () => {
  const bytes = sealJson({ id: 7, label: 'before the release' })
  for (let index = 0; index < bytes.length; index += 1) {
    const changed = Uint8Array.from(bytes)
    changed[index] = changed[index]! ^ 0x11
    expect(() => openSealedJson('increments/7.json', changed)).toThrow(/^increments\/7\.json at byte 0: sealed JSON: /)
    expect(() => openSealedJson('a.json', bytes.subarray(0, index))).toThrow(/sealed JSON/)
  }
})
