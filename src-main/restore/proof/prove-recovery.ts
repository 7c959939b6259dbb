import { lstatSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ControlSwitch } from '#base/abort.ts'
import { codecOf } from '../../repository/row-codec.ts'
import { comparatorNamed } from '../../rocksdb/comparator.ts'
import type { ColumnFamily } from '../../rocksdb/manifest/manifest-state.ts'
import type { RowCodec } from '../../samyama/codec.ts'
import { compareAllKeys } from './compare-all.ts'
import { digestOfRow, SampleComparison } from './compare-samples.ts'
import { countFamily } from './count-family.ts'
import { Differences } from './differences.ts'
import { type KeyParts, keyPartsOf } from './key-parts.ts'
import { KeySample, type SampledKey } from './key-sample.ts'
import { type ComparedState, type CompareOptions, logsOf, openExpected, openRecovered } from './open-compared.ts'
import { ProofTally } from './proof-tally.ts'
import type { ProofTask, RecoveryProof } from './proof-task.ts'

const DEFAULT_COMPARATOR = 'leveldb.BytewiseComparator'
/** about 400 MiB of memory where commits are small */
const LOG_BYTES_PER_PART = 256 * 1024 * 1024

/** Keys of a family that are to be found again, by its name. */
type Samples = ReadonlyMap<string, readonly SampledKey[]>

/**
 * Compares a recovered database, read by our own reader, with what the repository shows for the same point: last sequence,
 * rows of every family, nodes and edges of every label; with `sampled` also what a thousand keys and more of each family
 * hold, with `full` all of them. Nothing is written. Long logs are compared in parts of the keys, so that memory is bounded.
 * Families whose order of keys is not known here cannot be listed, and are left out.
 * @throws AppError LIMIT_EXCEEDED, IO_FAILED and others when a side cannot be read; DamageError; StoppedError
 */
export function proveRecovery(task: ProofTask): RecoveryProof {
  return new Prover(task).prove()
}

class Prover {
  readonly #task: ProofTask
  readonly #differences = new Differences()
  readonly #tally = new ProofTally(this.#differences)
  readonly #progress: Float64Array
  readonly #checkpoint: () => void
  #codec: RowCodec | null = null
  #comparedKeyCount = 0
  #lastSequence = 0

  constructor(task: ProofTask) {
    this.#task = task
    this.#progress = new Float64Array(task.progress)
    const control = new ControlSwitch(task.control)
    this.#checkpoint = () => {
      control.checkpoint()
      this.#progress[0] = (this.#progress[0] ?? 0) + 1
    }
  }

  prove(): RecoveryProof {
    const { level, filesPath, logBytesPerPart = LOG_BYTES_PER_PART } = this.#task
    const partCount = Math.max(1, Math.ceil(logBytesIn(filesPath) / logBytesPerPart))
    const { logs, columnFamilies } = logsOf(filesPath)
    const parts = keyPartsOf(logs, columnFamilies, partCount, this.#checkpoint)
    for (let part = 0; part < parts.count; part += 1) this.#part(parts, part)
    const counted = this.#tally.result()
    const differences = this.#differences.sentences
    return {
      level,
      isEqual: differences.length === 0,
      lastSequence: this.#lastSequence,
      ...counted,
      comparedKeyCount: this.#comparedKeyCount,
      differences,
    }
  }

  #part(parts: KeyParts, part: number): void {
    const { plan, filesPath, level } = this.#task
    const options = { accepts: parts.filterOf(part), checkpoint: this.#checkpoint }
    // one state after the other: each may hold many unflushed rows in memory
    const samples = closing(openExpected(plan, options), (state) => this.#expected(state, parts, part))
    closing(openRecovered(filesPath, options), (state) => this.#found(state, parts, part, samples))
    if (level === 'full') this.#compareAll(options, parts, part)
  }

  #expected(state: ComparedState, parts: KeyParts, part: number): Samples {
    if (part === 0) {
      this.#codec = codecOf(state.view, this.#task.nowMs)
      this.#checkState(state, 'The repository')
    }
    const isSampled = this.#task.level === 'sampled'
    const samples = new Map<string, readonly SampledKey[]>()
    for (const family of listable(state)) {
      const span = parts.spanOf(family.id, part)
      if (span === null) continue
      const sample = new KeySample()
      const rows = countFamily(state.view, family, span, {
        codec: this.#codec,
        checkpoint: this.#checkpoint,
        row(walk) {
          if (isSampled && sample.takesNext()) sample.add(walk.cursor.key, digestOfRow(walk))
        },
      })
      this.#tally.add('expectedCount', family.name, rows)
      samples.set(family.name, sample.keys)
    }
    return samples
  }

  #found(state: ComparedState, parts: KeyParts, part: number, samples: Samples): void {
    if (part === 0) {
      this.#lastSequence = state.view.lastSequence
      this.#checkState(state, 'It')
    }
    for (const family of listable(state)) {
      const span = parts.spanOf(family.id, part)
      if (span === null) continue
      const comparison = new SampleComparison(family.name, samples.get(family.name) ?? [], this.#differences)
      const rows = countFamily(state.view, family, span, {
        codec: this.#codec,
        checkpoint: this.#checkpoint,
        row: (walk) => comparison.row(walk),
      })
      comparison.end()
      this.#comparedKeyCount += comparison.comparedCount
      this.#tally.add('foundCount', family.name, rows)
    }
  }

  #checkState({ view, damages }: ComparedState, what: string): void {
    const { sequence } = this.#task.plan.effective
    for (const damage of damages) this.#differences.add(`${damage}.`)
    if (view.lastSequence === sequence) return
    this.#differences.add(`${what} ends with sequence ${view.lastSequence} instead of ${sequence}.`)
  }

  #compareAll(options: CompareOptions, parts: KeyParts, part: number): void {
    closing(openExpected(this.#task.plan, options), (expected) =>
      closing(openRecovered(this.#task.filesPath, options), (found) => {
        for (const family of listable(expected)) {
          const twin = listable(found).find(({ name }) => name === family.name)
          const span = parts.spanOf(family.id, part)
          if (twin === undefined || span === null) continue
          const views = { expected: expected.view, found: found.view }
          const families = { expected: family, found: twin }
          this.#comparedKeyCount += compareAllKeys(views, families, span, this.#differences, this.#checkpoint)
        }
      }),
    )
  }
}

function closing<Result>(state: ComparedState, use: (state: ComparedState) => Result): Result {
  try {
    return use(state)
  } finally {
    state.close()
  }
}

function listable({ view }: ComparedState): ColumnFamily[] {
  return view.columnFamilies.filter((family) => {
    const comparator = comparatorNamed(family.comparator ?? DEFAULT_COMPARATOR)
    return comparator !== null && (comparator.timestampBytes === 0 || family.timestampsPersisted)
  })
}

function logBytesIn(filesPath: string): number {
  const logs = readdirSync(filesPath).filter((name) => name.endsWith('.log'))
  return logs.reduce((sum, name) => sum + (lstatSync(join(filesPath, name), { throwIfNoEntry: false })?.size ?? 0), 0)
}
