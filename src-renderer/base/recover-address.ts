/** The steps of a recovery as addresses: what was chosen so far stands in them, so that back, forward and reload work. */

export const recoverSteps = ['what', 'when', 'where', 'review', 'run', 'done'] as const
export type RecoverStep = (typeof recoverSteps)[number]

export const recoverIntents = ['undo', 'lost', 'rehearse', 'copy'] as const
export type RecoverIntent = (typeof recoverIntents)[number]

export const proofLevels = ['counts', 'sampled', 'full'] as const

/** A point to go back to, as it is asked for. */
export type Point =
  | { readonly kind: 'latest' }
  | { readonly kind: 'time'; readonly timeUs: number; readonly isInclusive: boolean }
  | { readonly kind: 'sequence'; readonly sequence: number }
  | { readonly kind: 'before'; readonly sequence: number }
  | { readonly kind: 'backup'; readonly backupId: number }
  | { readonly kind: 'mark'; readonly name: string }

/** What was chosen so far. */
export type RecoverDraft = {
  readonly intent: RecoverIntent | null
  /** null: not chosen yet */
  readonly point: Point | null
  /** null: the current one */
  readonly timeline: string | null
  /** null: not chosen yet */
  readonly targetPath: string | null
  /** null: as the intent has it */
  readonly proofLevel: (typeof proofLevels)[number] | null
}

export const emptyDraft: RecoverDraft = {
  intent: null,
  point: null,
  timeline: null,
  targetPath: null,
  proofLevel: null,
}

export type RecoverAddress = {
  readonly step: RecoverStep
  readonly jobId: number | null
  readonly draft: RecoverDraft
}

/** What follows `#/source/<id>/recover`; null: no such address. */
export function parseRecover(parts: readonly string[], query: string): RecoverAddress | null {
  const step = parts[0] === undefined ? 'what' : recoverSteps.find((name) => name === parts[0])
  const jobId = parts[1] === undefined ? null : wholeNumber(parts[1])
  const takesJob = step === 'run' || step === 'done'
  if (step === undefined || jobId === undefined || (jobId !== null) !== takesJob || parts.length > 2) return null
  const given = new URLSearchParams(query)
  const draft: RecoverDraft = {
    intent: recoverIntents.find((name) => name === given.get('intent')) ?? null,
    point: parsePoint(given.get('at') ?? ''),
    timeline: given.get('timeline'),
    targetPath: given.get('to'),
    proofLevel: proofLevels.find((name) => name === given.get('proof')) ?? null,
  }
  return { step, jobId, draft }
}

/** The inverse of `parseRecover`. */
export function formatRecover({ step, jobId, draft }: RecoverAddress): string {
  const query = new URLSearchParams()
  if (draft.intent !== null) query.set('intent', draft.intent)
  if (draft.point !== null) query.set('at', formatPoint(draft.point))
  if (draft.timeline !== null) query.set('timeline', draft.timeline)
  if (draft.targetPath !== null) query.set('to', draft.targetPath)
  if (draft.proofLevel !== null) query.set('proof', draft.proofLevel)
  const path = jobId === null ? (step === 'what' ? '' : `/${step}`) : `/${step}/${jobId}`
  return query.size === 0 ? path : `${path}?${query}`
}

/** "before.88123", "until.1764052800000000": one word for an address, and what tells points apart. */
export function formatPoint(point: Point): string {
  switch (point.kind) {
    case 'latest':
      return 'latest'
    case 'time':
      return `${point.isInclusive ? 'until' : 'up-to'}.${point.timeUs}`
    case 'sequence':
      return `sequence.${point.sequence}`
    case 'before':
      return `before.${point.sequence}`
    case 'backup':
      return `backup.${point.backupId}`
    case 'mark':
      return `mark.${point.name}`
  }
}

function parsePoint(text: string): Point | null {
  if (text === 'latest') return { kind: 'latest' }
  const dot = text.indexOf('.')
  const kind = text.slice(0, Math.max(0, dot))
  const value = text.slice(dot + 1)
  if (kind === 'mark') return value === '' || value.length > 200 ? null : { kind: 'mark', name: value }
  const number = wholeNumber(value)
  if (number === undefined) return null
  if (kind === 'until' || kind === 'up-to') return { kind: 'time', timeUs: number, isInclusive: kind === 'until' }
  if (kind === 'sequence' || kind === 'before') return { kind, sequence: number }
  return kind === 'backup' && number > 0 ? { kind: 'backup', backupId: number } : null
}

function wholeNumber(text: string): number | undefined {
  const number = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(number) ? number : undefined
}
