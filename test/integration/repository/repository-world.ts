// A repository with a model beside it: what was made, what was damaged on purpose, and so what must be there.
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { AppError } from '../../../src-main/base/app-error.ts'
import { BackupDirectory } from '../../../src-main/repository/backup-directory.ts'
import type { Increment, IncrementSegment } from '../../../src-main/repository/own/format/increment.ts'
import { publishIncrement } from '../../../src-main/repository/own/increments.ts'
import { takeNextId } from '../../../src-main/repository/own/last-id.ts'
import { type BackupList, listBackups } from '../../../src-main/repository/own/list/list-backups.ts'
import { noteVerification, pinBackup, unpinBackup } from '../../../src-main/repository/own/records.ts'
import { removeLeftovers } from '../../../src-main/repository/own/remove/leftovers.ts'
import { removeBackups } from '../../../src-main/repository/own/remove/remove-backups.ts'
import { addTimeline, readTimelines } from '../../../src-main/repository/own/timelines.ts'
import { retentionPlan } from '../../../src-main/retention/retention-plan.ts'
import {
  addFull,
  addSegment,
  aloneWriter,
  filesOfFull,
  incrementOf,
  newRepository,
  put,
  putSealed,
  standingClock,
} from '../../unit/repository/own/fabricated-repository.ts'
import { PowerCutLayer } from './power-cut-layer.ts'

export const DAY_US = 86_400_000_000

type MadeFile = { path: string; bytes: Buffer }
export type MadeBackup = {
  id: number
  kind: 'full' | 'increment'
  timeline: string
  baseId: number | null
  lastSequence: number
  files: readonly MadeFile[]
  isFailed: boolean
}
type MadeSegment = IncrementSegment & { timeline: string; files: readonly MadeFile[] }

export class RepositoryWorld {
  readonly root: string
  readonly disk = new PowerCutLayer()
  readonly clock = standingClock(1_000 * DAY_US)
  readonly writer
  /** every backup that is published and was not removed */
  readonly backups = new Map<number, MadeBackup>()
  readonly pinnedIds = new Set<number>()
  readonly segments: MadeSegment[] = []
  readonly givenIds: number[] = []
  /** files that were cut or removed on purpose */
  readonly damagedPaths = new Set<string>()
  policy = { maxCount: 0, maxAgeDays: 0 }
  #sequence = 0
  #archived = 0
  /** sequences before it cannot be reached by logs on this timeline */
  #gapBefore = 0

  constructor(root: string) {
    this.root = root
    newRepository(root)
    this.writer = aloneWriter(root, { layer: this.disk.layer, clock: this.clock })
  }

  get list(): BackupList {
    return listBackups(new BackupDirectory(this.root))
  }

  get timelines() {
    return readTimelines(new BackupDirectory(this.root))!
  }

  commit(count: number): void {
    this.#sequence += count
  }

  archive(): void {
    if (this.#archived === this.#sequence) return
    const timeline = this.timelines.current
    const [firstSequence, lastSequence] = [this.#archived + 1, this.#sequence]
    const segment = addSegment(this.root, { timeline, firstSequence, lastSequence })
    const files = [segment.name, segment.name.replace('.wal', '.idx')].map((path) => this.#read(path))
    this.segments.push({ ...segment, timeline, files })
    this.#archived = this.#sequence
  }

  /** A log vanished before it was archived. */
  gap(): void {
    this.archive()
    const afterSequence = this.#archived
    this.#sequence += 5
    this.#archived = this.#sequence
    this.#gapBefore = this.#sequence + 1
    const gaps = [{ afterSequence, beforeSequence: this.#gapBefore, foundAtUs: 1, reason: 'a log vanished' }]
    putSealed(this.root, `wal/${this.timelines.current}/gaps.json`, { gaps })
  }

  full(tables: readonly number[]): number {
    const id = this.#takeId()
    const timeline = this.timelines.current
    const order = { id, lastSequence: this.#sequence, timeline, tables, createdAtUs: this.clock.us }
    addFull(this.root, order)
    // a table that was damaged before was copied again
    for (const { path } of filesOfFull(order)) this.damagedPaths.delete(path)
    const files = [...filesOfFull(order), this.#read(`meta/${id}`)]
    const made = { id, timeline, baseId: null, lastSequence: this.#sequence, files, isFailed: false }
    this.backups.set(id, { ...made, kind: 'full' })
    return id
  }

  increment(): void {
    this.archive()
    const timeline = this.timelines.current
    const base = [...this.backups.values()].filter((each) => each.timeline === timeline).at(-1)
    if (base === undefined || base.lastSequence + 1 < this.#gapBefore) return
    const covering = this.segments.filter((each) => each.timeline === timeline && each.lastSequence > base.lastSequence)
    if (covering.length > 0 && (covering[0]?.firstSequence ?? 0) > base.lastSequence + 1) return
    const segments = covering.map(({ timeline: _timeline, files: _files, ...segment }) => segment)
    const id = this.#takeId()
    const columns: Increment = incrementOf({
      id,
      baseId: base.id,
      timeline,
      firstSequence: base.lastSequence + 1,
      segments,
      createdAtUs: this.clock.us,
    })
    publishIncrement(this.writer, columns)
    const files = [...covering.flatMap((each) => each.files), this.#read(`increments/${id}.json`)]
    const made = {
      id,
      timeline,
      baseId: base.id,
      lastSequence: columns.lastSequence,
      files,
      isFailed: false,
    }
    this.backups.set(id, { ...made, kind: 'increment' })
  }

  fork(back: number): void {
    this.archive()
    const forkSequence = Math.max(0, this.#archived - back)
    addTimeline(this.writer, { databaseId: null, parent: this.timelines.current, forkSequence })
    this.#sequence = forkSequence
    this.#archived = forkSequence
    this.#gapBefore = 0
  }

  pin(id: number): void {
    if (this.pinnedIds.delete(id)) unpinBackup(this.writer, id)
    else if (this.backups.has(id)) {
      pinBackup(this.writer, id, 'kept')
      this.pinnedIds.add(id)
    }
  }

  verify(id: number, result: 'passed' | 'failed'): void {
    const made = this.backups.get(id)
    if (made === undefined) return
    const facts = { verifiedAtUs: this.clock.us, fileCount: 1, readBytes: 1, durationUs: 1, problems: [] }
    noteVerification(this.writer, { id, level: 'checksum', result, ...facts })
    made.isFailed = result === 'failed'
  }

  /** Cuts or removes a file of a backup; every backup with that file is damaged. */
  damage(id: number, fileIndex: number, isRemoved: boolean): void {
    const made = this.backups.get(id)
    const file = made?.files[fileIndex % made.files.length]
    // a document that is gone altogether is a backup that is gone: the list cannot know of it
    if (file === undefined || (isRemoved && /^(meta|increments)\//.test(file.path))) return
    if (isRemoved) rmSync(join(this.root, file.path), { force: true })
    else if (existsSync(join(this.root, file.path))) truncateSync(join(this.root, file.path), file.bytes.length - 1)
    this.damagedPaths.add(file.path)
  }

  /** What prune does, as its caller puts it together. */
  plan() {
    const { backups } = this.list
    const pinnedIds = new Set(backups.flatMap(({ id, pin }) => (pin === null ? [] : [id])))
    return retentionPlan({ backups, policy: this.policy, nowUs: this.clock.us, pinnedIds, inUseIds: new Set() })
  }

  prune(): number[] {
    const gone = this.plan().gone.map(({ id }) => id)
    const options = { withDependents: false, evenNewestSoundFull: false, inUseIds: new Set<number>() }
    const { removedIds } = removeBackups(this.writer, gone, { ...options, isBackupBeingMade: false })
    return [...removedIds]
  }

  /** DELETE; false when it was refused. */
  remove(id: number, isForced: boolean): boolean {
    const options = { withDependents: isForced, evenNewestSoundFull: false, inUseIds: new Set<number>() }
    try {
      const { removedIds } = removeBackups(this.writer, [id], { ...options, isBackupBeingMade: false })
      for (const each of removedIds) this.backups.delete(each)
      return true
    } catch (cause) {
      if (cause instanceof AppError && /^BACKUP_(NOT_FOUND|NEEDED|PROTECTED)$/.test(cause.code)) return false
      throw cause
    }
  }

  cleanUp(): void {
    removeLeftovers(this.writer)
  }

  /** Takes from the model what the disk has lost, which may only be some of these. */
  settle(allowedToBeGone: ReadonlySet<number>): void {
    const listed = new Set(this.list.backups.map(({ id }) => id))
    for (const id of this.backups.keys()) {
      if (listed.has(id)) continue
      expect(allowedToBeGone).toContain(id)
      this.backups.delete(id)
    }
  }

  isDamaged({ files }: { files: readonly MadeFile[] }): boolean {
    return files.some(({ path }) => this.damagedPaths.has(path))
  }

  newestSound(): number | null {
    const sound = [...this.backups.values()].filter(
      (each) => each.kind === 'full' && !this.isDamaged(each) && !each.isFailed,
    )
    return sound.at(-1)?.id ?? null
  }

  /** Everything that is promised of the disk, by the model alone. */
  expectTruth(): void {
    const { backups, isWhole } = this.list
    expect(isWhole).toBe(true)
    expect(backups.map(({ id }) => id)).toEqual([...this.backups.keys()].sort((left, right) => right - left))
    for (const row of backups) {
      const made = this.backups.get(row.id)!
      expect([row.id, row.kind, row.state === 'ok']).toEqual([made.id, made.kind, !this.isDamaged(made)])
      expect([row.id, row.isRestorable]).toEqual([
        made.id,
        this.#chainOf(made).every((each) => !this.isDamaged(each) && !each.isFailed),
      ])
      expect([row.id, row.pin !== null]).toEqual([row.id, this.pinnedIds.has(row.id)])
      for (const file of made.files) if (!this.damagedPaths.has(file.path)) this.#expectThere(file)
    }
    for (const segment of this.segments)
      if (this.#isReplayed(segment)) for (const file of segment.files) this.#expectThere(file)
    expect(new Set(this.givenIds).size).toBe(this.givenIds.length)
  }

  /** After a removal that came to its end: nothing lies there for nothing. */
  expectNoLitter(): void {
    const isUnclear = [...this.backups.values()].some((each) => this.isDamaged(each))
    const published = new Set(readdirSync(join(this.root, 'meta')))
    expect(readdirSync(join(this.root, 'private')).filter((name) => !published.has(name))).toEqual([])
    const needed = new Set([...this.backups.values()].flatMap(({ files }) => files.map(({ path }) => path)))
    const shared = readdirSync(join(this.root, 'shared_checksum')).map((name) => `shared_checksum/${name}`)
    if (!isUnclear) expect(shared.filter((path) => !needed.has(path))).toEqual([])
  }

  #chainOf(made: MadeBackup): MadeBackup[] {
    const base = made.baseId === null ? undefined : this.backups.get(made.baseId)
    return base === undefined ? [made] : [...this.#chainOf(base), made]
  }

  /** Whether a full is left that a restore would replay this segment onto. */
  #isReplayed(segment: MadeSegment): boolean {
    if (this.isDamaged(segment)) return false
    return [...this.backups.values()].some((full) => {
      if (full.kind !== 'full' || full.lastSequence >= segment.lastSequence) return false
      const { timelines } = this.timelines
      let forkSequence = Number.POSITIVE_INFINITY
      for (let id: string | null = segment.timeline; id !== null; ) {
        if (full.timeline === id) return full.lastSequence <= forkSequence
        const timeline = timelines.find((each) => each.id === id)
        forkSequence = Math.min(forkSequence, timeline?.forkSequence ?? 0)
        id = timeline?.parent ?? null
      }
      return false
    })
  }

  #takeId(): number {
    const id = takeNextId(this.writer)
    this.givenIds.push(id)
    return id
  }

  #read(path: string): MadeFile {
    return { path, bytes: readFileSync(join(this.root, path)) }
  }

  #expectThere({ path, bytes }: MadeFile): void {
    const found = existsSync(join(this.root, path)) ? readFileSync(join(this.root, path)) : null
    if (found === null || !found.equals(bytes)) expect([path, found]).toEqual([path, bytes])
  }
}

/** Leftovers of other kinds, as crashed writers leave them. */
export function litter(root: string): void {
  put(root, 'private/4000/CURRENT', Buffer.from('unfinished'))
  put(root, 'meta/.4000.tmp', Buffer.from('unfinished'))
  put(root, 'shared_checksum/.000099_sX_1.sst.tmp', Buffer.from('unfinished'))
  put(root, 'shared_checksum/000099_sABCDEFGHIJKLMNOPQRST_3.sst', Buffer.from('abc'))
}
