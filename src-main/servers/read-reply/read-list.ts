import { itemsOf, type Reply, textOf } from '../reply-tree.ts'
import { arrayOfIds, foldedTuples } from './list-flat.ts'
import { arrayOfMaps, arrayOfPairs, type ListFinding, mapOfRecords, singleRecord, unwrapped } from './list-maps.ts'
import { duplicatesAndFuture } from './list-sanity.ts'
import { headerAndRows } from './list-tables.ts'
import { listFromText } from './list-text.ts'
import { arrayOfTuples } from './list-tuples.ts'
import type { ListedBackup } from './listed-backup.ts'
import { finding, type Reading, readingOf } from './reading.ts'
import { renderReply } from './render-reply.ts'

/**
 * The backups that a reply to LIST names. The shapes are tried in the order of docs/formats/samyama.md §8.4, the first that fits all
 * elements wins; ids twice and times in the future lower the confidence.
 * @param nowUs the client's clock, microseconds since 1970
 */
export function readList(reply: Reply, nowUs: number): Reading<readonly ListedBackup[]> {
  const found = listFromTree(reply, nowUs, true)
  return readingOf(found === null ? null : duplicatesAndFuture(found, nowUs), renderReply(reply))
}

function listFromTree(reply: Reply, nowUs: number, mayBeText: boolean): ListFinding | null {
  const empty = emptyList(reply)
  if (empty !== null) return empty
  const wrapped = unwrapped(reply)
  if (wrapped !== null) return emptyList(wrapped) ?? structured(wrapped, nowUs)
  const found = structured(reply, nowUs)
  if (found !== null || !mayBeText) return found
  const text = textOf(reply) ?? linesOf(reply)
  return text === null ? null : listFromText(text, (inner) => listFromTree(inner, nowUs, false))
}

function structured(reply: Reply, nowUs: number): ListFinding | null {
  return (
    mapOfRecords(reply) ??
    arrayOfMaps(reply) ??
    headerAndRows(reply) ??
    arrayOfPairs(reply) ??
    singleRecord(reply) ??
    arrayOfTuples(reply, nowUs) ??
    arrayOfIds(reply) ??
    foldedTuples(reply, nowUs)
  )
}

function emptyList(reply: Reply): ListFinding | null {
  if (itemsOf(reply)?.length === 0) return finding('empty array', [], 'certain')
  if (reply.type === 'map' && reply.entries.length === 0) return finding('empty map', [], 'certain')
  return reply.type === 'null' ? finding('null', [], 'likely') : null
}

/** §8.4.8: an array of texts, each a line. */
function linesOf(reply: Reply): string | null {
  const texts = itemsOf(reply)?.map(textOf) ?? []
  return texts.length === 0 || texts.some((text) => text === null || text.includes('\n')) ? null : texts.join('\n')
}
