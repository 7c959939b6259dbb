import { isDeletion, valueType } from '../value-type.ts'
import type { ContentReader } from './content-reader.ts'
import type { FamilySources } from './family-sources.ts'
import type { SourceIterator } from './merging-iterator.ts'
import type { KeyHistory, KeyRequest, KeyVersion } from './requests.ts'
import { isSameKey } from './same-key.ts'
import { tombstonesOver } from './tombstones-over.ts'

/** Every version of a key, newest first; range deletions over it stand among them. */
export function readHistory(
  sources: FamilySources,
  contents: ContentReader,
  request: KeyRequest & { readonly limit: number },
): KeyHistory {
  const { merged, comparator, report } = sources
  const { key, limit } = request
  const versions: KeyVersion[] = []
  const ranges = tombstonesOver(sources, key)
  merged.seek(key)
  let isCut = false
  for (; merged.valid && isSameKey(merged.top.userKey, key, comparator); merged.advance()) {
    while ((ranges.at(-1)?.sequence ?? -1) >= merged.top.sequence) versions.push(...ranges.splice(-1))
    isCut = versions.length >= limit
    if (isCut) break
    versions.push(versionUnder(merged.top, contents, key))
  }
  if (!isCut) versions.push(...ranges.reverse())
  return { versions: versions.slice(0, limit), isCut: isCut || versions.length > limit, damages: report.damages }
}

function versionUnder(source: SourceIterator, contents: ContentReader, key: Uint8Array): KeyVersion {
  const { sequence, type, sourceName: file } = source
  contents.beginRow(key)
  if (isDeletion(type)) {
    return { sequence, kind: type === valueType.singleDeletion ? 'single-deletion' : 'deletion', content: null, file }
  }
  if (type !== valueType.merge) return { sequence, kind: 'put', content: contents.content(source, key), file }
  return { sequence, kind: 'merge', content: { kind: 'value', value: contents.operand(source, key) }, file }
}
