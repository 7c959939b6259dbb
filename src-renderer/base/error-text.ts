/** An error as a person reads it. */
export type ErrorText = {
  readonly code: string
  readonly message: string
  readonly subject: string | null
  readonly unharmed: string | null
  readonly nextStep: string | null
  readonly details: string | null
}

/** Everything there is to say about an error, for a report: one fact a line. */
export function errorReport(error: ErrorText): string {
  const lines = [`Lifeboat error ${error.code}`, `What happened: ${error.message}`]
  if (error.subject !== null) lines.push(`To what: ${error.subject}`)
  if (error.unharmed !== null) lines.push(`Not harmed: ${error.unharmed}`)
  if (error.nextStep !== null) lines.push(`What to do: ${error.nextStep}`)
  if (error.details !== null) lines.push(`Details: ${error.details}`)
  return lines.join('\n')
}

/** A lower-case phrase as the start of a sentence. */
export function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
