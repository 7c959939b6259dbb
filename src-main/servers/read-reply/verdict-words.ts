export type Verdict = 'passed' | 'failed' | 'pending' | 'unknown'

const harm = '(?:corrupt\\w*|errors?|fail\\w*|mismatch\\w*|missing|bad|invalid|damage\\w*|problems?)'
/** "0 corrupted", "no errors", "failed: 0", "not corrupted": says that nothing is wrong, and is read before the words of harm */
const noHarm = new RegExp(
  `(?<![\\w.])(?:(?:0|no|zero|none|without(?: any)?)\\s+(?:\\w+\\s+)?${harm}|${harm}\\s*[:=]\\s*(?:0|no|none|false)(?![\\w.])|not\\s+(?:corrupt\\w*|damaged|missing))`,
  'gi',
)
const harmWords = new RegExp(`\\b${harm}\\b|\\bunverified\\b|\\bnot valid\\b|\\bincorrect\\b`, 'i')
const pendingWords = /\b(started|in progress|queued|scheduled|pending|running)\b/i
const goodWords = /\b(ok|valid|verified|pass|passed|success\w*|healthy|intact)\b/i
const negation = /\b(not|no|never|none|un\w+ed|cannot|could)\b|n't\b/i

/** What a text says of a verification: failed by words of harm, passed by good ones without a negation. §8.5. */
export function verdictOfText(text: string): Verdict {
  const rest = text.replace(noHarm, ' ')
  if (harmWords.test(rest)) return 'failed'
  if (pendingWords.test(rest)) return 'pending'
  const isClean = rest !== text
  if (negation.test(rest)) return 'unknown'
  return isClean || goodWords.test(rest) ? 'passed' : 'unknown'
}
