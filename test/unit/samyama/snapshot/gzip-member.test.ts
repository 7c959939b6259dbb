import { expect, test } from 'vitest'
import { gzipHeaderBytes } from '../../../../src-main/samyama/snapshot/gzip-member.ts'
import { fromHex } from '../worked-example.ts'

const rest = '00000000 0003'

test.each([
  ['the plain header', `1f8b0800 ${rest}`, 10],
  ['with a checksum', `1f8b0802 ${rest} abcd`, 12],
  ['with an extra field', `1f8b0804 ${rest} 0300 010203`, 15],
  ['with a name', `1f8b0808 ${rest} 6700 ff`, 12],
  ['with a comment', `1f8b0810 ${rest} 6300 ff`, 12],
  ['with everything', `1f8b081f ${rest} 0100 09 6700 6300 abcd ff`, 19],
  ['cut off', '1f8b0800 000000', null],
  ['with a name that has no end', `1f8b0808 ${rest} 67`, null],
  ['with an extra field past the end', `1f8b0804 ${rest} ffff 00`, null],
  ['of another method', `1f8b0700 ${rest}`, null],
  ['of no gzip file', '7b227d0a', null],
  ['of an empty file', '', null],
])('the header %s has its size, or none', (_name, hex, sizeBytes) => {
  expect(gzipHeaderBytes(fromHex(hex))).toBe(sizeBytes)
})
