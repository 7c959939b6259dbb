/** What the demo makes, in this order. */
export const demoSteps = ['Sandbox', 'Data and three backups', 'Accident', 'Repository'] as const

/** Which step a phase of the job belongs to; words that are not known are of the first one. */
export function demoStepOf(phase: string): number {
  if (/^opening/i.test(phase)) return 3
  if (/accident/i.test(phase)) return 2
  return /^(writing|making)/i.test(phase) ? 1 : 0
}
