import { readdirSync } from 'node:fs'
import { sst } from '../rocksdb/sst.ts'
import { key } from '../samyama/key.ts'

export const chain = [sst, key, readdirSync]
