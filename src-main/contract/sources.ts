import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { Count, callErrors, ErrorInfo, JobId, Path, SourceId, TimeUs } from './common.ts'

/** How a source stands: being indexed, ready to look into, or unusable with the reason in `error`. */
const SourceState = z.enum(['indexing', 'ready', 'unusable'])

/** A place that holds backups and was opened: so far, BackupEngine directories. */
export const Source = z.strictObject({
  sourceId: SourceId,
  path: Path,
  /** the last part of the path, or what the user called it */
  name: z.string(),
  state: SourceState,
  error: ErrorInfo.nullable(),
  backupCount: Count,
  /** backups that cannot be restored as they are: files missing, meta unreadable, excluded files */
  unsoundBackupCount: Count,
  newestBackup: z.strictObject({ backupId: Count, createdAtUs: TimeUs, sequence: Count }).nullable(),
  /** bytes of every file that some backup names, each counted once */
  storedBytes: Count,
  lastVerification: z
    .strictObject({ outcome: z.enum(['passed', 'failed']), finishedAtUs: TimeUs, backupCount: Count })
    .nullable(),
  openedAtUs: TimeUs,
  indexedAtUs: TimeUs.nullable(),
  /** the running or last index job */
  indexJobId: JobId.nullable(),
})
export type Source = z.infer<typeof Source>

/** First event: the whole list. Then one event per change. */
export const SourceEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('snapshot'), sources: z.array(Source) }),
  z.strictObject({ type: z.literal('changed'), source: Source }),
  z.strictObject({ type: z.literal('forgotten'), sourceId: SourceId }),
])
export type SourceEvent = z.infer<typeof SourceEvent>

export const DirectoryListing = z.strictObject({
  path: Path,
  parent: Path.nullable(),
  isBackupDirectory: z.boolean(),
  /** whether a restore could be published here: it is empty */
  isEmpty: z.boolean(),
  entries: z.array(z.strictObject({ name: z.string(), path: Path, isBackupDirectory: z.boolean() })),
  /** entries beyond the limit that are not in the list */
  leftOutCount: Count,
})
export type DirectoryListing = z.infer<typeof DirectoryListing>

const call = oc.errors(callErrors)
const ref = z.strictObject({ sourceId: SourceId })

export const sources = {
  list: call.output(z.array(Source)),
  get: call.input(ref).output(Source),
  /**
   * Opens a backup directory: checks that it is one, notes it, and indexes it as a job when it is new or changed.
   * Opening what is already open answers at once.
   */
  open: call.input(z.strictObject({ path: Path })).output(Source),
  /** Looks whether the directory changed since it was indexed, and indexes again what did. */
  refresh: call.input(ref).output(Source),
  /** Takes the source out of the list. Nothing in its directory is touched. */
  forget: call.input(ref).output(z.strictObject({})),
  watch: call.output(eventIterator(SourceEvent)),
  /** The directories in a directory, for choosing a path where no native dialog is to be had. null: home. */
  browse: call.input(z.strictObject({ path: Path.nullable() })).output(DirectoryListing),
}
