import { internalKeyFooterBytes } from '../internal-key.ts'
import type { BlockHandle } from './block-handle.ts'
import type { IndexShape } from './index-cursor.ts'
import type { Metaindex } from './metaindex.ts'
import type { TableProperties } from './properties.ts'

/** How the index of the data blocks is to be walked. docs/formats/rocksdb.md §5.6 */
export function indexShape(metaindex: Metaindex, properties: TableProperties): IndexShape {
  return {
    handle: metaindex.index,
    encoding: {
      keySuffixBytes: properties.indexKeyIsUserKey ? 0 : internalKeyFooterBytes,
      isDelta: properties.indexValueIsDeltaEncoded,
      hasFirstKey: properties.indexType === 'binarySearchWithFirstKey',
    },
    isTwoLevel: properties.indexType === 'twoLevel',
    limitBytes: metaindex.dataLimitBytes,
    structure: 'index block',
  }
}

/** How the top block of a partitioned filter is to be walked: it points at the filter partitions. */
export function filterIndexShape(handle: BlockHandle, properties: TableProperties): IndexShape {
  return {
    handle,
    encoding: {
      keySuffixBytes: properties.indexKeyIsUserKey ? 0 : internalKeyFooterBytes,
      isDelta: properties.indexValueIsDeltaEncoded,
      hasFirstKey: false,
    },
    isTwoLevel: false,
    limitBytes: handle.offsetBytes,
    structure: 'filter index',
  }
}
