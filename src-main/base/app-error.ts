import type { ErrorCode } from './error-codes.ts'

/** What a person needs on a bad day: what happened, to what, what was not harmed, what to do. */
export type ErrorFacts = {
  /** what happened: lower-case phrase, no full stop */
  readonly message: string
  /** to what: a path, a backup, a job */
  readonly subject?: string | undefined
  /** what was not harmed: a sentence */
  readonly unharmed?: string | undefined
  /** what to do next: a sentence */
  readonly nextStep?: string | undefined
}

/** The only error class that crosses a layer on purpose. `cause` keeps the original. */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly facts: ErrorFacts

  constructor(code: ErrorCode, facts: ErrorFacts, options?: ErrorOptions) {
    super(facts.subject === undefined ? facts.message : `${facts.message}: ${facts.subject}`, options)
    this.code = code
    this.facts = facts
  }
}
