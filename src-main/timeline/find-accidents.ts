import { limits } from '#base/limits.ts'
import type { Commit } from '../rocksdb/commits/commit.ts'
import { isDeletion, valueType } from '../rocksdb/value-type.ts'
import type { RowCodec } from '../samyama/codec.ts'
import type { Finding, FindingFacts, FindingKind } from './finding.ts'
import { KeptFindings } from './kept-findings.ts'
import { previewKey } from './key-preview.ts'
import { LabelCount } from './label-count.ts'
import { coverageOf } from './range-coverage.ts'
import { type RangeDelete, RangeDeletes } from './range-deletes.ts'
import { type Burst, RateWatch } from './rate-watch.ts'
import { type Run, RunDetector } from './run-detector.ts'
import type { FamilyNamer, Tally } from './tally.ts'
import { type AccidentThresholds, DEFAULT_THRESHOLDS } from './thresholds.ts'

export type AccidentOptions = {
  readonly familyName: FamilyNamer
  /** reads nodes; without it puts have no labels */
  readonly codec?: RowCodec
  /** label of the row in the state before the history; without it deletes have no labels */
  readonly labelOf?: (columnFamilyId: number, key: Uint8Array) => string | null
  readonly thresholds?: Partial<AccidentThresholds>
}

export type AccidentFinder = {
  /** Takes an operation of the commit that add() gets next; without it, ranges and labels are not seen. */
  operation(type: number, columnFamilyId: number, sequence: number, key: Uint8Array, value: Uint8Array): void
  /** Takes the next commit of the history; nothing of it is held. */
  add(commit: Commit): void
  /** What was found so far in the order of the history, that which has not ended included; any number of times. */
  findings(): Finding[]
  /** findings that are not listed because there are limits.findingsKeptMax graver ones of their kind */
  omittedCount(kind: FindingKind): number
}

/**
 * Looks through a history of commits for what somebody may want to undo: mass deletes, range deletes, changes of a
 * whole label, unusual rates. Incremental, in memory that does not depend on the history; it asks for no time and no
 * file.
 */
export function findAccidents(options: AccidentOptions): AccidentFinder {
  const search = new AccidentSearch(options)
  return {
    operation: (type, columnFamilyId, _sequence, key, value) => search.operation(type, columnFamilyId, key, value),
    add: (commit) => search.add(commit),
    findings: () => search.findings(),
    omittedCount: (kind) => search.omittedCount(kind),
  }
}

class AccidentSearch {
  readonly #options: AccidentOptions
  readonly #thresholds: AccidentThresholds
  readonly #kept: Record<FindingKind, KeptFindings> = {
    'mass-delete': new KeptFindings(limits.findingsKeptMax),
    'range-delete': new KeptFindings(limits.findingsKeptMax),
    'label-wide-change': new KeptFindings(limits.findingsKeptMax),
    'unusual-rate': new KeptFindings(limits.findingsKeptMax),
  }
  readonly #massDeletes: RunDetector
  readonly #writes: RunDetector
  readonly #labelDeletes: RunDetector
  readonly #ranges: RangeDeletes
  readonly #rates: RateWatch
  readonly #written = new LabelCount()
  readonly #deleted = new LabelCount()
  #sequenceBefore: number | null = null

  constructor(options: AccidentOptions) {
    this.#options = options
    const thresholds = { ...DEFAULT_THRESHOLDS, ...options.thresholds }
    this.#thresholds = thresholds
    const keep = (finding: Finding): void => this.#kept[finding.kind].add(finding)
    this.#massDeletes = new RunDetector(thresholds, thresholds.deletesMin, (run) => keep(this.#massDelete(run)))
    const { labelRowsMin } = thresholds
    this.#writes = new RunDetector(thresholds, labelRowsMin, (run) => keep(this.#labelChange(run, 'written')))
    this.#labelDeletes = new RunDetector(thresholds, labelRowsMin, (run) => keep(this.#labelChange(run, 'deleted')))
    this.#ranges = new RangeDeletes((rangeDelete) => keep(this.#rangeDelete(rangeDelete)))
    this.#rates = new RateWatch(thresholds, (burst) => keep(this.#unusualRate(burst)))
  }

  operation(type: number, columnFamilyId: number, key: Uint8Array, value: Uint8Array): void {
    if (type === valueType.rangeDeletion) this.#ranges.operation(columnFamilyId, key, value)
    else if (type === valueType.value) this.#countWritten(columnFamilyId, key, value)
    else if (isDeletion(type)) {
      const label = this.#options.labelOf?.(columnFamilyId, key) ?? null
      if (label !== null) this.#deleted.add([label])
    }
  }

  add(commit: Commit): void {
    const before = this.#sequenceBefore
    let deletes = 0
    for (const counts of commit.families) deletes += counts.deletes
    this.#massDeletes.add(commit, before, deletes)
    this.#addLabels(this.#writes, this.#written, commit)
    this.#addLabels(this.#labelDeletes, this.#deleted, commit)
    this.#ranges.add(commit, before)
    this.#rates.add(commit, before)
    this.#sequenceBefore = commit.lastSequence
  }

  findings(): Finding[] {
    const found = Object.values(this.#kept).flatMap((kept) => kept.findings)
    const massDelete = this.#massDeletes.current()
    const written = this.#writes.current()
    const deleted = this.#labelDeletes.current()
    const rangeDelete = this.#ranges.current()
    const burst = this.#rates.current()
    if (massDelete !== null) found.push(this.#massDelete(massDelete))
    if (written !== null) found.push(this.#labelChange(written, 'written'))
    if (deleted !== null) found.push(this.#labelChange(deleted, 'deleted'))
    if (rangeDelete !== null) found.push(this.#rangeDelete(rangeDelete))
    if (burst !== null) found.push(this.#unusualRate(burst))
    return found.sort((left, right) => left.firstSequence - right.firstSequence || right.severity - left.severity)
  }

  omittedCount(kind: FindingKind): number {
    return this.#kept[kind].omittedCount + (kind === 'range-delete' ? this.#ranges.omittedCount : 0)
  }

  #countWritten(columnFamilyId: number, key: Uint8Array, value: Uint8Array): void {
    const { codec, familyName } = this.#options
    if (codec === undefined) return
    const name = familyName(columnFamilyId)
    const row = name === null ? null : codec.decode(name, key, value)
    if (row?.type === 'node') this.#written.add(row.labels)
  }

  #addLabels(detector: RunDetector, labels: LabelCount, commit: Commit): void {
    const common = labels.common(this.#thresholds.labelShareMin)
    detector.add(commit, this.#sequenceBefore, common?.count ?? 0, common?.label)
    labels.clear()
  }

  #massDelete({ tally, amount, usual }: Run): Finding {
    const severity = 40 + 15 * Math.log10(amount / this.#thresholds.deletesMin)
    return this.#finding(tally, severity, { kind: 'mass-delete', usualDeletes: usual })
  }

  #labelChange({ tally, amount, label }: Run, change: 'written' | 'deleted'): Finding {
    const severity = 40 + 15 * Math.log10(amount / this.#thresholds.labelRowsMin)
    return this.#finding(tally, severity, { kind: 'label-wide-change', label, change, nodeCount: amount })
  }

  #rangeDelete({ range, tally }: RangeDelete): Finding {
    const { columnFamilyId, begin, end, isBeginCut, isEndCut, rangeCount } = range
    const family = { columnFamilyId, name: this.#options.familyName(columnFamilyId) }
    const isKnown = !isBeginCut && !isEndCut
    const covers = isKnown ? coverageOf(family.name, begin, end) : { what: 'part' as const }
    const severity = { family: 100, tenant: 80, part: 50 }[covers.what] + 5 * Math.log10(rangeCount)
    return this.#finding(tally, severity, {
      kind: 'range-delete',
      family,
      begin: previewKey(begin, isBeginCut),
      end: previewKey(end, isEndCut),
      rangeCount,
      covers,
    })
  }

  #unusualRate({ tally, measure, peak, usual }: Burst): Finding {
    const severity = 10 + 10 * Math.log10(peak / Math.max(usual, 1))
    const { bucketUs } = this.#thresholds
    return this.#finding(tally, severity, { kind: 'unusual-rate', measure, peak, usual, bucketUs })
  }

  #finding(tally: Tally, severity: number, facts: FindingFacts): Finding {
    return { ...tally.totals(this.#options.familyName), severity, ...facts }
  }
}
