import type { BackupState, FamilyDifference, Job, JobKind, JobState, Source, VerificationLevel } from '#contract'
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatQuantity,
  formatRate,
} from '../../base/format.ts'
import type { Estimate } from '../../base/progress.ts'
import type { BackupTab, Side } from '../../base/routes.ts'
import { formatRelative } from '../../base/time.ts'
import type { Tone } from '../../ui/Pill.svelte'

export type Said = { readonly tone: Tone; readonly text: string }
export type VerificationFact = {
  readonly level: VerificationLevel
  readonly outcome: 'passed' | 'failed'
  readonly finishedAtUs: number
}

export const backupTabTitles: Record<BackupTab, string> = {
  overview: 'Overview',
  files: 'Files',
  data: 'Data',
  verifications: 'Verifications',
  raw: 'Raw',
}

export const levelTitles: Record<VerificationLevel, string> = {
  presence: 'Presence',
  checksum: 'Checksum',
  deep: 'Deep',
}

export const levelMeanings: Record<VerificationLevel, string> = {
  presence: 'Every file is there with its size. Says nothing of its content.',
  checksum: 'Every byte was read and compared with the checksum in the meta file.',
  deep: 'And every block, record and edit was read by the rules of its format: it was sound when the backup was made.',
}

/** What a verification proves, with its age. Files that are merely present prove nothing of their content. */
export function verificationWords(verification: VerificationFact | null, nowUs: number): Said {
  if (verification === null) return { tone: 'warn', text: 'Never verified' }
  const age = formatRelative(verification.finishedAtUs, nowUs)
  if (verification.outcome === 'failed')
    return { tone: 'bad', text: `${levelTitles[verification.level]} failed, ${age}` }
  if (verification.level === 'presence') return { tone: 'info', text: `Files present, ${age}` }
  return { tone: 'good', text: `${verification.level === 'deep' ? 'Deeply' : 'Checksum'} verified, ${age}` }
}

export const backupStates: Record<BackupState, Said & { readonly meaning: string }> = {
  sound: { tone: 'quiet', text: 'Complete', meaning: 'Every file it names is there with the right size.' },
  incomplete: { tone: 'bad', text: 'Incomplete', meaning: 'Files are missing, cut or were excluded.' },
  unreadable: { tone: 'bad', text: 'Unreadable', meaning: 'Its meta file or MANIFEST cannot be understood.' },
}

export const jobStates: Record<JobState, Said> = {
  queued: { tone: 'quiet', text: 'Queued' },
  running: { tone: 'info', text: 'Running' },
  paused: { tone: 'warn', text: 'Paused' },
  stopping: { tone: 'warn', text: 'Stopping' },
  succeeded: { tone: 'good', text: 'Done' },
  stopped: { tone: 'quiet', text: 'Cancelled' },
  failed: { tone: 'bad', text: 'Failed' },
  interrupted: { tone: 'bad', text: 'Interrupted' },
}

/** "Backup 3 as of sequence 88", or "Backup 3" for its latest instant. */
export function instantWords({ backupId, upToSequence }: Side): string {
  return upToSequence === null ? `Backup ${backupId}` : `Backup ${backupId} as of sequence ${formatCount(upToSequence)}`
}

/** What a job counts. */
export const countedThings: Record<JobKind, string> = {
  index: 'files',
  verify: 'files',
  restore: 'files',
  recovery: 'files',
  count: 'rows',
  compare: 'rows',
  'find-accidents': 'commits',
  'server-backup': 'percent',
  'server-verify': 'percent',
  demo: 'commits',
}

/** What a job does, with the name of its repository in place of the whole path. */
export function jobTitle(job: Job, source: Source | null): string {
  return source === null ? job.title : job.title.replaceAll(source.path, source.name)
}

const verdicts: Record<'passed' | 'failed' | 'not-understood', Said> = {
  passed: { tone: 'good', text: 'Passed' },
  failed: { tone: 'bad', text: 'Found problems' },
  'not-understood': { tone: 'warn', text: 'No verdict' },
}
const unmade: Record<'failed' | 'unknown', Said> = {
  failed: { tone: 'bad', text: 'Unusable' },
  unknown: { tone: 'warn', text: 'Outcome unknown' },
}

/** How a job stands. A verification that ran well and found damage is no good news. */
export function jobStateWords(job: Job): Said {
  const { state, result } = job
  if (state !== 'succeeded' || result === null) return jobStates[state]
  if (result.kind === 'verify' || result.kind === 'server-verify') return verdicts[result.outcome]
  if (result.kind === 'server-backup' && result.outcome !== 'created') return unmade[result.outcome]
  return jobStates[state]
}

/** "63 % · 2.9 GiB/s · 41 s left": what is known of it. */
export function estimateWords(estimate: Estimate | null): string {
  if (estimate === null) return ''
  const parts: string[] = []
  if (estimate.fraction !== null) parts.push(formatPercent(estimate.fraction))
  if (estimate.bytesPerSecond !== null && estimate.bytesPerSecond > 0) parts.push(formatRate(estimate.bytesPerSecond))
  if (estimate.leftUs !== null) parts.push(`${formatDuration(wholeSeconds(estimate.leftUs))} left`)
  return parts.join(' · ')
}

/** What came of a job, in one line. */
export function resultWords(job: Job): string {
  const { result } = job
  if (result === null) return ''
  if (result.kind === 'index')
    return `${formatQuantity(result.backupCount, 'backup')}, ${formatQuantity(result.readFileCount, 'file')} read`
  if (result.kind === 'verify')
    return result.outcome === 'passed' ? 'no problems' : formatQuantity(result.problemCount, 'problem')
  if (result.kind === 'count') return formatQuantity(sumOf(result.families.map(({ rowCount }) => rowCount)), 'row')
  if (result.kind === 'compare') return formatQuantity(sumOf(result.families.map(differences)), 'difference')
  if (result.kind === 'find-accidents') return formatQuantity(result.findings.length, 'finding')
  if (result.kind === 'server-backup')
    return `${serverBackupWords[result.outcome]}${result.id === null ? '' : `: ${result.id}`}`
  if (result.kind === 'server-verify') return serverVerifyWords[result.outcome]
  if (result.kind === 'demo') return 'ready'
  if (result.kind === 'recovery')
    return `${formatBytes(result.report.writtenBytes)} written, ${result.report.proof.isEqual ? 'proved equal' : 'not equal'}`
  return `${formatBytes(result.restore.writtenBytes)} written, ${formatCount(result.restore.provedFileCount)} of ${formatCount(result.restore.fileCount)} files proved`
}

const serverBackupWords = {
  created: 'backup made',
  failed: 'backup unusable',
  unknown: 'the reply was lost, the list of the server will tell',
}
const serverVerifyWords = {
  passed: 'no problems',
  failed: 'problems found',
  'not-understood': 'no verdict, which proves nothing',
}

/** Tenths would tremble, and zero would promise too much. */
function wholeSeconds(durationUs: number): number {
  return Math.max(1, Math.ceil(durationUs / 1_000_000)) * 1_000_000
}

function differences({ addedCount, removedCount, changedCount }: FamilyDifference): number {
  return addedCount + removedCount + changedCount
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}
