import { closeSync, readdirSync } from 'node:fs'
import { AppError } from '#base/app-error.ts'
import type { ManifestState } from '../../rocksdb/manifest/manifest-state.ts'
import type { CaptureOptions } from './capture-options.ts'
import { type CutLogs, cutLogs } from './cut-logs.ts'
import { descriptorSource, type HeldFile, openError } from './held-file.ts'
import { type HeldLog, HeldLogs } from './held-logs.ts'
import { HeldManifest } from './held-manifest.ts'
import type { HeldTables } from './held-tables.ts'
import { lastCommitTimeInTables } from './last-commit-time.ts'
import type { CaptureWarning, LiveFile, LiveFiles, ProvedLiveFile } from './live-files.ts'
import { ProvedSource } from './proved-source.ts'
import { type DatabaseSettings, readSettings } from './read-settings.ts'
import { RestartError, restartBecause } from './restart.ts'

type Measured = { manifest: HeldManifest; measured: HeldLog[]; newestAtFirst: number | null }

type Held = { state: ManifestState; file: ProvedLiveFile; tables: LiveFile[]; blobs: LiveFile[]; logs: HeldLog[] }

const OPTIONS_CHUNK_BYTES = 1 << 20

/** One run through the protocol of docs/formats/rocksdb.md §8.2. It closes what it opened when it fails; tables stay. */
export class CaptureAttempt {
  readonly #root: string
  readonly #tables: HeldTables
  readonly #options: CaptureOptions
  #settings: DatabaseSettings | null = null
  #logs: HeldLogs | null = null
  #manifest: HeldManifest | null = null

  constructor(root: string, tables: HeldTables, options: CaptureOptions) {
    this.#root = root
    this.#tables = tables
    this.#options = options
  }

  /** @throws RestartError; AppError, DamageError */
  run(restartCount: number): LiveFiles {
    try {
      const settings = readSettings(this.#root, this.#names())
      this.#settings = settings
      const logs = new HeldLogs(settings.logDirectory)
      this.#logs = logs
      const freeze = this.#options.freeze ?? ((run) => run())
      const measured = freeze(() => this.#measure(logs))
      const held = this.#hold(measured)
      this.#options.onStep?.('6 read logs')
      const cut = this.#cut(held, settings, logs)
      this.#options.onStep?.('8 read CURRENT')
      measured.manifest.checkIsCurrent()
      logs.release(new Set(cut.logs.map(({ name }) => name)))
      return this.#live(held, cut, settings, restartCount)
    } catch (cause) {
      this.#logs?.release(new Set())
      this.#manifest?.close()
      if (this.#settings?.file) closeSync(this.#settings.file.descriptor)
      throw isChanged(cause) ? new RestartError(cause.message, cause) : cause
    }
  }

  /** Steps 1, 2, 4 and 5: everything that must happen in this order, and fast: logs live only until they are flushed. */
  #measure(logs: HeldLogs): Measured {
    const { onStep } = this.#options
    onStep?.('1 list logs')
    logs.holdAll(() => onStep?.('1 open logs'))
    const newestAtFirst = logs.newestNumber
    onStep?.('2 read MANIFEST')
    const manifest = new HeldManifest(this.#root)
    this.#manifest = manifest
    onStep?.('4 list logs')
    logs.holdAll(() => onStep?.('4 open logs'))
    // before the MANIFEST is measured again: a family whose operations are counted was created before that
    const measured = logs.measured()
    onStep?.('5 read MANIFEST again')
    manifest.measureAgain()
    return { manifest, measured, newestAtFirst }
  }

  /** Step 3, and the reading that 2 and 5 put off. */
  #hold({ manifest, measured, newestAtFirst }: Measured): Held {
    const { state, file } = manifest.read()
    this.#options.onStep?.('3 open tables')
    const files = this.#tables.hold(state)
    checkMoved(state, manifest.readLater(), newestAtFirst)
    const needed = measured.filter(({ logNumber }) => logNumber >= state.minLogNumberToKeep)
    return { state, file, ...files, logs: needed }
  }

  #cut(held: Held, settings: DatabaseSettings, logs: HeldLogs): CutLogs {
    return cutLogs(held.logs, {
      manifest: held.state,
      upToSequence: this.#options.upToSequence ?? null,
      allowsTwoPhaseCommit: settings.allowsTwoPhaseCommit,
      mayWriteBlobsDirectly: settings.mayWriteBlobsDirectly,
      isUntouched: (log) => logs.isUntouched(log),
      checkpoint: this.#options.checkpoint,
    })
  }

  #live(held: Held, cut: CutLogs, settings: DatabaseSettings, restartCount: number): LiveFiles {
    const { state, file, tables, blobs } = held
    const { firstSequence, lastSequence } = cut
    const isAllInTables = lastSequence < firstSequence
    return {
      databaseDirectory: this.#root,
      databaseId: state.databaseId,
      tables,
      blobs,
      manifest: file,
      options: settings.file === null ? null : provedWhole(settings.file),
      logs: cut.logs,
      firstSequence,
      lastSequence,
      lastCommitAtUs: isAllInTables ? lastCommitTimeInTables(state, held) : cut.lastCommitAtUs,
      restartCount,
      warnings: [...settings.warnings, ...(cut.hasWritesWithoutLog ? [writesWithoutLog] : [])],
    }
  }

  #names(): string[] {
    try {
      return readdirSync(this.#root)
    } catch (cause) {
      throw openError(cause, this.#root)
    }
  }
}

const writesWithoutLog: CaptureWarning = {
  kind: 'writes-without-log',
  message:
    'Its tables hold sequences that no log has: something is written without a log, and what of that was not flushed is not in this backup.',
}

/** Step 5: a log born after the first listing may be gone, and operations of a new family would be dropped. */
function checkMoved(before: ManifestState, now: ManifestState | null, newestAtFirst: number | null): void {
  // without a new edit no log became needless in between
  if (now === null || now.endOffsetBytes === before.endOffsetBytes) return
  if (now.minLogNumberToKeep > (newestAtFirst ?? -1)) {
    restartBecause(`logs from ${now.minLogNumberToKeep} on are needed now, and ${newestAtFirst} was the newest`)
  }
  const known = new Set(before.columnFamilies.map(({ id }) => id))
  const created = now.columnFamilies.find(({ id }) => !known.has(id))
  if (created !== undefined) restartBecause(`column family ${created.name} was created`)
}

/** A log became shorter while it was read: engines cut the unused rest off when they close one. */
function isChanged(cause: unknown): cause is AppError {
  return cause instanceof AppError && cause.code === 'SOURCE_CHANGED'
}

function provedWhole(file: HeldFile): ProvedLiveFile {
  const source = new ProvedSource(descriptorSource(file))
  const chunk = new Uint8Array(OPTIONS_CHUNK_BYTES)
  let offsetBytes = 0
  for (let count = -1; count !== 0; offsetBytes += count) count = source.readInto(chunk, offsetBytes)
  const crc = source.crcOf(file.sizeBytes)
  if (crc === null) restartBecause(`${file.name} was cut`)
  return { name: file.name, descriptor: file.descriptor, sizeBytes: file.sizeBytes, crc32c: crc }
}
