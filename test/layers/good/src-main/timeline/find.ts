import { contract } from '#contract'
import { sst } from '../rocksdb/sst.ts'
import { key } from '../samyama/key.ts'

export const find = [contract, sst, key]
