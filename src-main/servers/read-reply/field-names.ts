export type Meaning =
  | 'id'
  | 'time'
  | 'size'
  | 'kind'
  | 'state'
  | 'parent'
  | 'sequence'
  | 'files'
  | 'path'
  | 'message'
  | 'label'
  | 'verified-time'

/** Names of fields by what they mean, the best name of each first. Source: docs/formats/samyama.md §8.3, and our own agent's. */
const names: readonly (readonly [Meaning, string])[] = [
  ['id', 'id backupid backup snapshotid name'],
  ['time', 'createdus createdat created timestampus timestampms timestamp ts time date starttime endtime'],
  ['size', 'sizebytes size bytes totalsize sizemb'],
  ['kind', 'kind type mode level'],
  ['state', 'state status result verified valid ok healthy'],
  ['parent', 'base baseid parent parentid since'],
  ['sequence', 'lastseq lastsequence endseq sequence seq walsequence lsn firstseq firstsequence startseq'],
  ['files', 'files filecount numfiles'],
  ['path', 'path dir location destination'],
  ['message', 'message detail error reason'],
  ['label', 'label'],
  ['verified-time', 'verifiedus verifiedat'],
]

const keysByMeaning: ReadonlyMap<Meaning, readonly string[]> = new Map(
  names.map(([meaning, list]) => [meaning, list.split(' ')]),
)

const meanings: ReadonlyMap<string, Meaning> = new Map(
  names.flatMap(([meaning, list]) => list.split(' ').map((name) => [name, meaning] as const)),
)

/** A name as it is compared: lower case, without `_`, `-` and space. */
export function fieldKey(name: string): string {
  return name.toLowerCase().replace(/[_\-\s]/g, '')
}

/** @param key from `fieldKey` */
export function meaningOf(key: string): Meaning | null {
  return meanings.get(key) ?? null
}

/** The keys that mean `meaning`, the best first. */
export function keysFor(meaning: Meaning): readonly string[] {
  return keysByMeaning.get(meaning) ?? []
}
