import { AppError } from '#base/app-error.ts'
import type { ByteSource } from '#base/byte-source.ts'
import { type Damage, DamageError } from '#base/damage.ts'
import { limits } from '#base/limits.ts'
import { walkLog } from '../log/walk-log.ts'
import { damageAt } from '../place.ts'
import { AtomicGroups } from './atomic-groups.ts'
import { decodeVersionEdit } from './decode-edit.ts'
import type { ManifestState } from './manifest-state.ts'
import { type BuiltState, StateBuilder } from './state-builder.ts'
import type { VersionEdit } from './version-edit.ts'

const STRUCTURE = 'version edit'

/**
 * Replays a MANIFEST to the state after its last whole edit (docs/formats/rocksdb.md §4.5). A torn end and an
 * incomplete atomic group at the end are dropped, as the engine does; anything else that is wrong ends the replay
 * and stands in `damages`.
 * @throws AppError LIMIT_EXCEEDED, IO_FAILED, SOURCE_CHANGED
 */
export function readManifest(source: ByteSource): ManifestState {
  const builder = new StateBuilder()
  const groups = new AtomicGroups()
  let openGroupOffsetBytes = 0
  const walk = walkEdits(source, (edit, offsetBytes, sizeBytes) => {
    if (!groups.isOpen) openGroupOffsetBytes = offsetBytes
    const edits = groups.take(edit, sizeBytes)
    if (typeof edits === 'string') throw damaged(source, edits, offsetBytes)
    for (const ready of edits) {
      const problem = builder.apply(ready)
      if (problem !== null) throw damaged(source, problem, offsetBytes)
    }
  })
  const built = builder.build()
  const damages = [...walk.damages]
  if (damages.length === 0) damages.push(...missingFields(source, built))
  return {
    columnFamilies: built.columnFamilies,
    lastSequence: built.lastSequence ?? 0,
    nextFileNumber: built.nextFileNumber ?? 0,
    minLogNumberToKeep: built.minLogNumberToKeep,
    databaseId: built.databaseId,
    trackedLogs: built.trackedLogs,
    endOffsetBytes: groups.isOpen ? openGroupOffsetBytes : walk.endOffsetBytes,
    isTorn: walk.isTorn || groups.isOpen,
    damages,
  }
}

/**
 * Visits every edit of a MANIFEST, groups or not, for listings. The edit's bytes may be kept.
 * @throws AppError LIMIT_EXCEEDED, IO_FAILED, SOURCE_CHANGED
 */
export function walkEdits(
  source: ByteSource,
  visit: (edit: VersionEdit, offsetBytes: number, sizeBytes: number) => void,
): { endOffsetBytes: number; isTorn: boolean; damages: readonly Damage[] } {
  if (source.sizeBytes > limits.manifestFileBytesMax) throw tooLarge(source, `${source.sizeBytes} bytes`)
  let editCount = 0
  const walk = walkLog(
    source,
    { logNumber: null, recordBytesMax: limits.manifestEditBytesMax },
    {
      record(payload, offsetBytes, payloadOffsetBytes) {
        editCount += 1
        if (editCount > limits.manifestEditsMax) throw tooLarge(source, `more than ${limits.manifestEditsMax} edits`)
        const place = { file: source.name, structure: STRUCTURE, offsetBytes: payloadOffsetBytes }
        visit(decodeVersionEdit(new Uint8Array(payload), place), offsetBytes, payload.length)
      },
      compression(_isCompressed, offsetBytes) {
        throw damaged(source, 'a MANIFEST is never compressed', offsetBytes)
      },
    },
  )
  return { endOffsetBytes: walk.endOffsetBytes, isTorn: walk.end === 'torn', damages: walk.damages }
}

function missingFields(source: ByteSource, built: BuiltState): Damage[] {
  const missing = [
    built.hasLogNumber ? '' : 'log number',
    built.nextFileNumber === null ? 'next file number' : '',
    built.lastSequence === null ? 'last sequence' : '',
  ].filter((name) => name !== '')
  if (missing.length === 0) return []
  return [damaged(source, `the MANIFEST never states: ${missing.join(', ')}`, null).damage]
}

function damaged(source: ByteSource, problem: string, offsetBytes: number | null): DamageError {
  return new DamageError(damageAt({ file: source.name, structure: STRUCTURE, offsetBytes }, problem))
}

function tooLarge(source: ByteSource, size: string): AppError {
  return new AppError('LIMIT_EXCEEDED', {
    message: `a MANIFEST of ${size} is larger than any that is read here`,
    subject: source.name,
    nextStep: 'Open the database once with RocksDB: it writes a new, small MANIFEST.',
  })
}
