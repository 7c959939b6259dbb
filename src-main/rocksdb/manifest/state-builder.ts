import { limits } from '#base/limits.ts'
import { MemoryBudget } from '../memory-budget.ts'
import { FamilyBuilder } from './family-builder.ts'
import type { ColumnFamily, TrackedLog } from './manifest-state.ts'
import type { EditField, VersionEdit } from './version-edit.ts'

/** a tracked log in its map */
const LOG_BYTES = 100

/** What the edits say when taken in order; the caller knows where they came from. */
export type BuiltState = {
  readonly columnFamilies: readonly ColumnFamily[]
  readonly lastSequence: number | null
  readonly nextFileNumber: number | null
  readonly hasLogNumber: boolean
  readonly minLogNumberToKeep: number
  readonly databaseId: string | null
  readonly trackedLogs: readonly TrackedLog[]
}

/**
 * Replays version edits (RocksDB: db/version_edit_handler.cc; docs/formats/rocksdb.md §4.5). An edit is looked
 * through before it is applied, because the column family it belongs to is named last.
 */
export class StateBuilder {
  readonly #memory = new MemoryBudget(limits.manifestStateBytesMax, {
    what: 'the live files of the MANIFEST',
    nextStep: 'No real database has so many: get the MANIFEST from another backup.',
  })
  readonly #families = new Map<number, FamilyBuilder>([[0, new FamilyBuilder(0, 'default', this.#memory)]])
  readonly #logs = new Map<number, TrackedLog>()
  #firstLogKept = 0
  #lastSequence: number | null = null
  #nextFileNumber: number | null = null
  #hasLogNumber = false
  #minLogNumberToKeep: number | null = null
  #databaseId: string | null = null

  /** Returns what is wrong with the edit, or null. @throws AppError LIMIT_EXCEEDED */
  apply(edit: VersionEdit): string | null {
    const familyId = lastId(edit)
    const added = edit.find((field) => field.kind === 'column-family-add')
    if (added !== undefined) {
      if (this.#families.has(familyId)) return `column family ${familyId} is added twice`
      this.#families.set(familyId, new FamilyBuilder(familyId, added.name, this.#memory))
    }
    const family = this.#families.get(familyId)
    if (family === undefined) return `the edit belongs to column family ${familyId}, which is not there`
    return this.#applyRemovals(edit, family) ?? this.#applyFields(edit, family)
  }

  build(): BuiltState {
    const columnFamilies = [...this.#families.values()]
      .sort((left, right) => left.id - right.id)
      .map((family) => family.build())
    const smallestLogNumber = columnFamilies.reduce((least, { logNumber }) => Math.min(least, logNumber), Infinity)
    return {
      columnFamilies,
      lastSequence: this.#lastSequence,
      nextFileNumber: this.#nextFileNumber,
      hasLogNumber: this.#hasLogNumber,
      minLogNumberToKeep: this.#minLogNumberToKeep ?? (Number.isFinite(smallestLogNumber) ? smallestLogNumber : 0),
      databaseId: this.#databaseId,
      trackedLogs: [...this.#logs.values()].sort((left, right) => left.logNumber - right.logNumber),
    }
  }

  /** A file that moves to another level is removed and added in one edit. */
  #applyRemovals(edit: VersionEdit, family: FamilyBuilder): string | null {
    for (const field of edit) {
      if (field.kind !== 'deleted-file') continue
      const problem = family.removeTable(field.level, field.fileNumber)
      if (problem !== null) return problem
    }
    return null
  }

  #applyFields(edit: VersionEdit, family: FamilyBuilder): string | null {
    for (const field of edit) {
      const problem = this.#applyFamilyField(field, family)
      if (problem !== null) return problem
      this.#applyDatabaseField(field)
    }
    return null
  }

  #applyFamilyField(field: EditField, family: FamilyBuilder): string | null {
    switch (field.kind) {
      case 'comparator':
        return this.#setComparator(family, field.name)
      case 'log-number':
        this.#hasLogNumber = true
        family.logNumber = Math.max(family.logNumber, field.logNumber)
        return null
      case 'persist-user-defined-timestamps':
        family.timestampsPersisted = field.isPersisted
        return null
      case 'new-file':
        return family.addTable(field.file)
      case 'new-blob-file':
        return family.addBlobFile(field.file)
      case 'blob-file-garbage':
        return family.addGarbage(field.fileNumber, field.garbageCount, field.garbageBytes)
      case 'column-family-drop':
        if (family.id === 0) return 'the default column family is dropped'
        this.#families.delete(family.id)
        return null
      default:
        return null
    }
  }

  #setComparator(family: FamilyBuilder, name: string): string | null {
    if (family.comparator !== null && family.comparator !== name) {
      return `the comparator of column family ${family.id} changes from ${family.comparator} to ${name}`
    }
    family.comparator = name
    return null
  }

  #applyDatabaseField(field: EditField): void {
    switch (field.kind) {
      case 'last-sequence':
        this.#lastSequence = field.sequence
        return
      case 'next-file-number':
        this.#nextFileNumber = field.fileNumber
        return
      case 'database-id':
        this.#databaseId = field.databaseId
        return
      case 'min-log-number-to-keep':
        this.#keepLogsFrom(field.logNumber)
        return
      case 'new-file':
        if (field.file.minLogNumberToKeep !== null) this.#keepLogsFrom(field.file.minLogNumberToKeep)
        return
      case 'wal-addition':
        this.#addLog(field)
        return
      case 'wal-deletion':
        this.#firstLogKept = Math.max(this.#firstLogKept, field.logNumber)
        for (const logNumber of this.#logs.keys()) {
          if (logNumber < this.#firstLogKept) this.#logs.delete(logNumber)
        }
        return
      default:
    }
  }

  #keepLogsFrom(logNumber: number): void {
    this.#minLogNumberToKeep = Math.max(this.#minLogNumberToKeep ?? 0, logNumber)
  }

  #addLog(log: TrackedLog): void {
    if (log.logNumber < this.#firstLogKept) return
    this.#memory.take(LOG_BYTES)
    this.#logs.set(log.logNumber, { logNumber: log.logNumber, syncedSizeBytes: log.syncedSizeBytes })
  }
}

/** The column family an edit belongs to; without a field it is the default one. */
function lastId(edit: VersionEdit): number {
  let id = 0
  for (const field of edit) if (field.kind === 'column-family') id = field.id
  return id
}
