/**
 * How far an interpretation may be trusted: certain and likely ids may be acted on, guesses are for showing alone.
 * Source: docs/formats/samyama.md §8.1.3.
 */
export type Confidence = 'certain' | 'likely' | 'guess'

export type Understood<Value> = {
  readonly understood: true
  /** which of the known shapes it was, in words */
  readonly shape: string
  readonly value: Value
  readonly confidence: Confidence
  /** sentences for the person who looks at it */
  readonly warnings: readonly string[]
  /** the reply as text, cleaned and cut */
  readonly rawText: string
}

export type NotUnderstood = {
  readonly understood: false
  readonly shape: 'unreadable'
  readonly value: null
  readonly confidence: 'guess'
  readonly warnings: readonly string[]
  readonly rawText: string
}

/** What a reply means, or that nobody knows. Never dropped: `rawText` is always there. */
export type Reading<Value> = Understood<Value> | NotUnderstood

/** A shape with its value, before the raw text is attached. */
export type Finding<Value> = {
  readonly shape: string
  readonly value: Value
  readonly confidence: Confidence
  readonly warnings: readonly string[]
}

const order: readonly Confidence[] = ['guess', 'likely', 'certain']

export function lowest(first: Confidence, second: Confidence): Confidence {
  return order.indexOf(first) < order.indexOf(second) ? first : second
}

/** One step down; a guess stays one. */
export function lowered(confidence: Confidence): Confidence {
  return confidence === 'certain' ? 'likely' : 'guess'
}

export function finding<Value>(
  shape: string,
  value: Value,
  confidence: Confidence,
  warnings: readonly string[] = [],
): Finding<Value> {
  return { shape, value, confidence, warnings }
}

/** @param rawText what `renderReply` made of the reply */
export function readingOf<Value>(found: Finding<Value> | null, rawText: string): Reading<Value> {
  if (found !== null) return { understood: true, ...found, rawText }
  const warnings = ['The reply was not understood.']
  return { understood: false, shape: 'unreadable', value: null, confidence: 'guess', warnings, rawText }
}
