import Redis from 'ioredis'
import RocksDB from 'rocksdb-native'
import type { Message } from '../workers/messages.ts'

export const wide = (message: Message) => [message, Redis, RocksDB]
