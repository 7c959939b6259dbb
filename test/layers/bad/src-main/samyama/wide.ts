import { crc32c } from '@node-rs/crc32'
import { readFileSync } from 'node:fs'
import { wide as other } from '../rocksdb/wide.ts'

export const wide = [other, crc32c, readFileSync]
