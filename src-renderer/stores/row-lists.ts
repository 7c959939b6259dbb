import type { DataRow, DataVersion, DifferenceRow, StateDescription } from '#contract'
import type { Connection } from './connection.svelte.ts'
import type { RowList } from './cursor-pager.svelte.ts'
import { type BackupInstant, type ColumnFamilyRef, instantKey, stateOf } from './instants.ts'

/** More versions of one key than anybody reads through. */
const versionCountMax = 200

/** The rows of a column family at an instant. */
export function rowsOf(connection: Connection, ref: ColumnFamilyRef): RowList<DataRow> {
  const place = { state: stateOf(ref), columnFamilyId: ref.columnFamilyId }
  return {
    id: `${instantKey(ref)} ${ref.columnFamilyId}`,
    page: (start, limit) => connection.call((client) => client.data.page({ ...place, ...start, limit })),
    lastPage: (limit) =>
      connection.call((client) => client.data.page({ ...place, from: null, after: null, isReverse: true, limit })),
  }
}

/** What differs in a column family between two instants. */
export function differencesOf(
  connection: Connection,
  [left, right]: readonly [BackupInstant, BackupInstant],
  columnFamilyName: string,
): RowList<DifferenceRow> {
  const states = { left: stateOf(left), right: stateOf(right) }
  return {
    id: [instantKey(left), instantKey(right), columnFamilyName].join(' '),
    page: ({ after }, limit) =>
      connection.call((client) => client.compare.page({ ...states, columnFamilyName, after, limit })),
    lastPage: null,
  }
}

export type WholeValue = { readonly row: DataRow | null; readonly isCut: boolean }

/** One whole row with its value. */
export function loadValue(connection: Connection, ref: ColumnFamilyRef, key: string): Promise<WholeValue> {
  const { columnFamilyId } = ref
  return connection.call((client) => client.data.value({ state: stateOf(ref), columnFamilyId, key }))
}

export type History = {
  readonly versions: readonly DataVersion[]
  readonly isCut: boolean
  readonly damageCount: number
}

/** The versions of a key up to the end of the backup, newest first. */
export async function loadHistory(connection: Connection, ref: ColumnFamilyRef, key: string): Promise<History> {
  const { versions, isCut, damages } = await connection.call((client) =>
    client.data.history({
      state: stateOf({ ...ref, upToSequence: null }),
      columnFamilyId: ref.columnFamilyId,
      key,
      limit: versionCountMax,
    }),
  )
  return { versions, isCut, damageCount: damages.length }
}

/** Which instants of a backup can be seen, and which one is seen. */
export function describe(connection: Connection, instant: BackupInstant): Promise<StateDescription> {
  return connection.call((client) => client.data.describe({ state: stateOf(instant) }))
}
