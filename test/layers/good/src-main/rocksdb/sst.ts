import { crc32c } from '@node-rs/crc32'
import { inflateRawSync } from 'node:zlib'
import { text } from '#base/text.ts'

export const sst = [text, crc32c, inflateRawSync]
