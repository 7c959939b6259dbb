/** What a full backup says of itself beside RocksDB's own fields (docs/formats/repository.md, "Bodies"). */
export type FullMetadata = {
  readonly timeline: string
  readonly firstSequence: number
  readonly lastSequence: number
  readonly createdAtUs: number
  readonly lastCommitAtUs: number | null
  readonly label: string | null
}

/** The application metadata of a full backup's meta file. */
export function encodeFullMetadata(metadata: FullMetadata): Uint8Array {
  const { timeline, firstSequence, lastSequence, createdAtUs, lastCommitAtUs, label } = metadata
  const body = { lifeboat: 1, timeline, firstSequence, lastSequence, createdAtUs, lastCommitAtUs, label }
  return new TextEncoder().encode(JSON.stringify(body))
}
