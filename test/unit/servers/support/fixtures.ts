/** A moment after every time in the fixtures: 2026-06-01. */
export const NOW_US = 1_780_272_000_000_000

const lines = (...parts: string[]) => `${parts.join('\r\n')}\r\n`
const bulk = (text: string) => `$${Buffer.byteLength(text)}\r\n${text}\r\n`

const bordered = [
  '+----+-------------+----------------------+',
  '| id | type        | created_at           |',
  '+----+-------------+----------------------+',
  '| 5  | full        | 2026-03-04T10:00:00Z |',
  '| 6  | incremental | 2026-03-04T11:00:00Z |',
  '+----+-------------+----------------------+',
].join('\n')

const infoLike =
  '# Backup\r\nid:5\r\ntype:full\r\ntimestamp:1770000000\r\n\r\n# Backup\r\nid:6\r\ntype:wal\r\ntimestamp:1770003600\r\n'

/** Replies as raw bytes: docs/formats/samyama.md §8.8. */
export const fixtures = {
  emptyArray: '*0\r\n',
  nullBulk: '$-1\r\n',
  null3: '_\r\n',
  ok: '+OK\r\n',
  okWithId: '+OK 5\r\n',
  integer: ':5\r\n',
  digits: '$1\r\n5\r\n',
  idAndTime: '*2\r\n:5\r\n:1700000000\r\n',
  flatPairs: lines('*4', '$2', 'id', ':5', '$4', 'type', '$4', 'full'),
  arrayOfFlatPairs: lines(
    '*2',
    '*4',
    '$2',
    'id',
    ':5',
    '$4',
    'type',
    '$4',
    'full',
    '*4',
    '$2',
    'id',
    ':6',
    '$4',
    'type',
    '$3',
    'wal',
  ),
  headerAndRows: lines('*3', '*2', '$2', 'id', '$9', 'timestamp', '*2', ':5', ':1770000000', '*2', ':6', ':1770003600'),
  mapOfMaps: lines('%2', '$1', '5', '%1', '$4', 'type', '$4', 'full', '$1', '6', '%1', '$4', 'type', '$3', 'wal'),
  setOfMaps: lines('~2', '%1', '$2', 'id', ':5', '%1', '$2', 'id', ':6'),
  borderedTable: bulk(bordered),
  infoBlocks: bulk(infoLike),
  jsonArray: bulk('[{"id":5,"type":"full","created_at":"2026-03-04T10:00:00Z"},{"id":6,"type":"incremental"}]'),
  jsonLines: bulk('{"id":5,"size":1024}\n{"id":6,"size":2048}\n'),
  bulkWithLineEnd: bulk('id,type\r\n5,full\r\n6,wal'),
  errorWithLineFeed: '-ERR parse error\nat line 2\nunexpected token\r\n',
  errorAsBulk: bulk('ERR backup engine is not enabled'),
  pushBeforeReply: `>2\r\n+invalidate\r\n*1\r\n$1\r\nx\r\n:5\r\n`,
  attributeBeforeReply: `|1\r\n+ttl\r\n:3600\r\n:5\r\n`,
  attributeInside: `*2\r\n|1\r\n+unit\r\n+s\r\n:5\r\n:6\r\n`,
  idBeyondU32: lines('*1', '%1', '$2', 'id', ':4294967296'),
  duplicateIds: lines('*2', '%1', '$2', 'id', ':5', '%1', '$2', 'id', ':5'),
  timeInSeconds: lines('*1', '%2', '$2', 'id', ':5', '$4', 'time', ':1770000000'),
  timeInMilliseconds: lines('*1', '%2', '$2', 'id', ':5', '$4', 'time', ':1770000000000'),
  timeInMicroseconds: lines('*1', '%2', '$2', 'id', ':5', '$4', 'time', ':1770000000000000'),
  timeInNanoseconds: lines('*1', '%2', '$2', 'id', ':5', '$4', 'time', ':1770000000000000000'),
  timeInFuture: lines('*1', '%2', '$2', 'id', ':5', '$4', 'time', ':1990000000'),
  publicEditionError: "-ERR unknown command 'ADMIN.BACKUP'\r\n",
  pong: '+PONG\r\n',
} as const

export type FixtureName = keyof typeof fixtures

/** A name that is not UTF-8, in a map with a valid id. */
export const nonUtf8Name: Uint8Array = Buffer.concat([
  Buffer.from('*1\r\n%2\r\n$2\r\nid\r\n:5\r\n$5\r\nlabel\r\n$4\r\n'),
  Buffer.from([0x63, 0xff, 0xfe, 0x64]),
  Buffer.from('\r\n'),
])
