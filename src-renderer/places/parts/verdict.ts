import type { Backup, Source } from '#contract'
import { formatCount, formatQuantity } from '../../base/format.ts'
import type { Tone } from '../../ui/Pill.svelte'
import { verificationWords } from './words.ts'

/** What the evidence says of a repository, and the one next step. Files that exist are no evidence. */
export type Verdict = {
  readonly tone: Exclude<Tone, 'info'>
  readonly pill: string
  /** a sentence that follows the one about the newest backup */
  readonly because: string
  readonly step: 'wait' | 'inspect' | 'verify' | 'restore' | 'none'
}

export function verdictOf(source: Source, backups: readonly Backup[], nowUs: number): Verdict {
  const newest = backups[0]
  if (source.state === 'indexing')
    return { tone: 'quiet', pill: 'Being indexed', because: 'Its backups are being read.', step: 'wait' }
  if (source.state === 'unusable')
    return {
      tone: 'bad',
      pill: 'Cannot be used',
      because: 'Nothing can be restored from it as it is.',
      step: 'inspect',
    }
  if (newest === undefined)
    return { tone: 'bad', pill: 'No backups', because: 'There is nothing to restore.', step: 'none' }
  if (newest.state !== 'sound') return unsoundVerdict(newest, backups)
  return evidenceVerdict(newest, nowUs)
}

/** The newest backup that nothing speaks against; what one would restore now. */
export function restorableOf(newestFirst: readonly Backup[]): Backup | null {
  return newestFirst.find((backup) => backup.state === 'sound' && backup.lastVerification?.outcome !== 'failed') ?? null
}

function unsoundVerdict(newest: Backup, backups: readonly Backup[]): Verdict {
  const pill = newest.state === 'incomplete' ? 'Newest backup incomplete' : 'Newest backup unreadable'
  const fallback = backups.find((backup) => backup.state === 'sound')
  const because =
    fallback === undefined
      ? 'It cannot be restored as it is, and no other backup is complete.'
      : `It cannot be restored as it is. The newest complete one is backup ${fallback.backupId}.`
  return { tone: 'bad', pill, because, step: 'inspect' }
}

function evidenceVerdict(newest: Backup, nowUs: number): Verdict {
  const { lastVerification } = newest
  const pill = verificationWords(lastVerification, nowUs).text
  if (lastVerification === null)
    return { tone: 'warn', pill, because: 'Nothing proves that it restores.', step: 'verify' }
  if (lastVerification.outcome === 'failed')
    return { tone: 'bad', pill, because: 'Its last verification found problems.', step: 'inspect' }
  return lastVerification.level !== 'presence'
    ? { tone: 'good', pill, because: 'Every byte of it matched its checksum.', step: 'restore' }
    : {
        tone: 'warn',
        pill,
        because: 'Its files are present with their sizes; nothing proves their content.',
        step: 'verify',
      }
}

/** How soon a person should look: the higher, the sooner. What could not be looked at is as urgent as what is bad. */
export function urgencyOf(verdict: Verdict | null): number {
  return verdict === null ? 3 : urgencyOfTone(verdict.tone)
}

export function urgencyOfTone(tone: Tone): number {
  return { bad: 3, warn: 2, info: 1, quiet: 1, good: 0 }[tone]
}

/** The line under the title: how many stand well, and how many do not. */
export function summaryOf(tones: readonly Verdict['tone'][]): string {
  const wellCount = tones.filter((tone) => tone === 'good').length
  const badCount = tones.filter((tone) => tone === 'bad').length
  const unprovedCount = tones.filter((tone) => tone === 'warn').length
  const parts = [`${formatCount(wellCount)} of ${formatQuantity(tones.length, 'repository', 'repositories')} verified.`]
  if (badCount > 0) parts.push(`${formatCount(badCount)} ${badCount === 1 ? 'needs' : 'need'} you now.`)
  if (unprovedCount > 0) parts.push(`${formatCount(unprovedCount)} ${unprovedCount === 1 ? 'is' : 'are'} unproved.`)
  return parts.join(' ')
}
