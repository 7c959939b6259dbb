import type { Redis } from 'ioredis'

type ListedRow = {
  readonly id: number
  readonly kind: 'full' | 'incremental'
  readonly state: string
  readonly created_us: number
  readonly first_seq: number | null
  readonly last_seq: number | null
  readonly bytes: number
  readonly files: number
  readonly base: number | null
  readonly label: string | null
  readonly verified_us: number | null
}
type InfoRow = ListedRow & {
  readonly chain: number[]
  readonly file_list: { readonly path: string; readonly bytes: number; readonly crc32c: number | null }[]
  readonly problems: string[]
}
type StatusRow = {
  readonly timeline: string
  readonly last_seq: number
  readonly archived_seq: number
  readonly archive_lag_us: number
  readonly recoverable_from_us: number | null
  readonly recoverable_to_us: number | null
  readonly job: string | null
  readonly progress: string | null
}
type VerifiedRow = {
  readonly id: number
  readonly level: string
  readonly result: string
  readonly bytes: number
  readonly files: number
  readonly duration_us: number
  readonly problems: string[]
}
type Point = {
  readonly seq: number
  readonly count: number
  readonly time_us: number | null
  readonly puts: number
  readonly deletes: number
  readonly bytes: number
}

/** ADMIN.BACKUP over a connection. */
export class BackupClient {
  readonly redis: Redis

  constructor(redis: Redis) {
    this.redis = redis
  }

  ask(...words: readonly (string | number)[]): Promise<unknown> {
    return this.redis.call('ADMIN.BACKUP', ...words.map(String))
  }

  /** The text of the error that a command is refused with. */
  async refusal(...words: readonly (string | number)[]): Promise<string> {
    try {
      const answer = await this.ask(...words)
      return `no error but ${JSON.stringify(answer)}`
    } catch (error) {
      return (error as Error).message
    }
  }

  async create(...words: readonly string[]): Promise<number> {
    return (await this.ask('CREATE', ...words)) as number
  }

  async list(...words: readonly (string | number)[]): Promise<ListedRow[]> {
    return ((await this.ask('LIST', ...words)) as unknown[]).map((row) => record(row) as ListedRow)
  }

  async info(id: number): Promise<InfoRow> {
    const row = record(await this.ask('INFO', id)) as InfoRow
    return { ...row, file_list: row.file_list.map((file) => record(file) as InfoRow['file_list'][number]) }
  }

  async status(): Promise<StatusRow> {
    return record(await this.ask('STATUS')) as StatusRow
  }

  async verify(id: number, level?: string): Promise<VerifiedRow> {
    const words = level === undefined ? [] : ['LEVEL', level]
    return record(await this.ask('VERIFY', id, ...words)) as VerifiedRow
  }

  async points(...words: readonly (string | number)[]): Promise<Point[]> {
    return ((await this.ask('POINTS', ...words)) as unknown[]).map((row) => record(row) as Point)
  }

  async fetch(path: string, offset: number, length: number): Promise<Buffer> {
    return (await this.redis.callBuffer('ADMIN.BACKUP', 'FETCH', path, String(offset), String(length))) as Buffer
  }

  /** The rows of GRAPH.QUERY, without the header. */
  async query(text: string): Promise<unknown[][]> {
    const [, ...rows] = (await this.redis.call('GRAPH.QUERY', 'default', text)) as unknown[][]
    return rows
  }
}

/** A map as RESP2 has it: names and values in turn. */
export function record(flat: unknown): Record<string, unknown> {
  const list = flat as unknown[]
  return Object.fromEntries(
    Array.from({ length: list.length / 2 }, (_, index) => [list[index * 2], list[index * 2 + 1]]),
  )
}
