import type { Server, ServerBackup, ServerStatus } from '#contract'
import { formatCount, formatDuration } from '../../base/format.ts'
import { formatRelative } from '../../base/time.ts'
import type { Tone } from '../../ui/Pill.svelte'
import type { Said } from './words.ts'

/** Until then the archiver is about its usual work; later something holds it up. */
const usualLagUs = 60_000_000
/** A change that is not archived for so long is lost with the server's disk: somebody should look now. */
const longLagUs = 900_000_000

export const serverStates: Record<Server['state'], Said & { readonly meaning: string }> = {
  connecting: { tone: 'quiet', text: 'Being asked', meaning: 'It was not asked yet since Lifeboat was started.' },
  ready: {
    tone: 'good',
    text: 'Ready',
    meaning: 'It answers about its backups. That they restore is proved by verifying them.',
  },
  'without-backup': {
    tone: 'warn',
    text: 'Has no backups to ask for',
    meaning: 'A server answers, but it has no ADMIN.BACKUP.',
  },
  refused: { tone: 'warn', text: 'Wants a password', meaning: 'It does not let Lifeboat in.' },
  unreachable: { tone: 'bad', text: 'Unreachable', meaning: 'It does not answer.' },
}

/** What is known of a server: how it stands, in a word and in a sentence. */
export function serverVerdict(server: Server): Said & { readonly because: string } {
  const { tone, text } = serverStates[server.state]
  const lag = lagWords(server.status)
  if (server.state === 'unreachable') return { tone, text, because: 'It does not answer.' }
  if (server.state === 'refused') return { tone, text, because: 'It does not let Lifeboat in.' }
  if (server.state === 'without-backup') return { tone, text, because: 'It has no ADMIN.BACKUP.' }
  if (server.state === 'connecting') return { tone, text, because: 'It is being asked.' }
  // the demo is added before its backups are made
  if (server.backupCount === 0 && server.isDemo)
    return { tone: 'quiet', text: 'Being made', because: 'Its backups are being made.' }
  if (server.backupCount === 0) return { tone: 'bad', text: 'No backups', because: 'There is nothing to restore.' }
  if (server.error !== null)
    return { tone: 'warn', text: 'Not all understood', because: 'Not all of its answers were understood.' }
  if (lag !== null && lag.tone !== 'good')
    return { tone: lag.tone, text: 'Archive behind', because: `Its archive is ${lag.text}.` }
  return { tone, text, because: 'That its backups restore is proved by verifying them.' }
}

/** The line on the first page: how many answer. */
export function serversSummary(servers: readonly Server[]): string {
  const count = servers.filter(({ state }) => state === 'ready').length
  return `${formatCount(count)} of ${formatCount(servers.length)} ${servers.length === 1 ? 'server is' : 'servers are'} ready.`
}

/** How far the archive is behind what was committed; null: the server does not say. */
export function lagWords(status: ServerStatus | null): (Said & { readonly tone: 'good' | 'warn' | 'bad' }) | null {
  const lagUs = status?.archiveLagUs ?? null
  if (lagUs === null) return null
  if (lagUs === 0) return { tone: 'good', text: 'nothing behind' }
  const tone = lagUs <= usualLagUs ? 'good' : lagUs <= longLagUs ? 'warn' : 'bad'
  return { tone, text: `${formatDuration(lagUs)} behind` }
}

/** host:port, with brackets around an IPv6 address. */
export function addressOf({ host, port }: { host: string; port: number }): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** A label as it was given: Lifeboat adds twelve digits in brackets, by which it finds a backup whose reply was lost. */
export function labelText(label: string | null): string {
  return label === null ? '' : label.replace(/ ?\[[0-9a-f]{12}\]$/, '')
}

/** A state in the server's own word. Words that nobody knows are neither good nor bad. */
export function backupStateWords({ state, isCertain }: ServerBackup): Said {
  if (!isCertain) return { tone: 'warn', text: 'Not understood' }
  if (state === null) return { tone: 'quiet', text: 'not said' }
  return { tone: toneOfState(state), text: state }
}

function toneOfState(state: string): Tone {
  if (/fail|corrupt|damage|broken|incomplete|abort|error|missing|invalid/i.test(state)) return 'bad'
  return /^(ok|complete[d]?|done|valid|available|success(ful)?)$/i.test(state.trim()) ? 'quiet' : 'info'
}

/** The sequences that a backup adds to the one before it; a full one has all up to its last. */
export function sequenceWords({ firstSequence, lastSequence, baseId }: ServerBackup): string {
  if (lastSequence === null) return firstSequence === null ? '' : `from ${formatCount(firstSequence)}`
  if (firstSequence !== null && firstSequence > lastSequence && baseId !== null) return 'nothing new'
  if (firstSequence === null || firstSequence > lastSequence) return `up to ${formatCount(lastSequence)}`
  return `${formatCount(firstSequence)} – ${formatCount(lastSequence)}`
}

/** When the server last verified a backup, as it says. */
export function verifiedWords({ verifiedAtUs }: ServerBackup, nowUs: number): Said {
  return verifiedAtUs === null
    ? { tone: 'warn', text: 'never' }
    : { tone: 'good', text: formatRelative(verifiedAtUs, nowUs) }
}
