import { onTestFinished, type TestContext } from 'vitest'
import type { Properties } from '../../../../src-main/sandbox/graph/graph.ts'
import { GraphStore, type GraphStoreOptions } from '../../../../src-main/sandbox/store/graph-store.ts'
import { skipWithoutRocksdbNative } from '../../../support/rocksdb-native.ts'

export const none: Properties = new Map()

export function named(value: string): Properties {
  return new Map([['name', { type: 'string', value }]])
}

export function numbered(value: number | bigint): Properties {
  return new Map([['number', { type: 'integer', value: BigInt(value) }]])
}

/** A store that is closed when the running test ends; the test is skipped where the library cannot be loaded. */
export async function openStore(
  context: Pick<TestContext, 'skip'>,
  path: string,
  options: GraphStoreOptions = {},
): Promise<GraphStore> {
  skipWithoutRocksdbNative(context)
  const store = await GraphStore.open(path, options)
  onTestFinished(() => store.close())
  return store
}

/** A clock that a test sets; it stands still otherwise. */
export class HandClock {
  nowTimeUs: number

  constructor(nowTimeUs: number) {
    this.nowTimeUs = nowTimeUs
  }

  nowUs(): number {
    return this.nowTimeUs
  }

  monotonicUs(): number {
    return 0
  }
}
