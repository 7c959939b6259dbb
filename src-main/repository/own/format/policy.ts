import { BodyReader } from './body-reader.ts'

export const POLICY_FILE = 'policy.json'
const CRON_LENGTH_MAX = 200

export type Policy = {
  /** 0: no limit */
  readonly retention: { readonly maxCount: number; readonly maxAgeDays: number }
  /** cron expressions, not looked at here; null: never */
  readonly schedule: {
    readonly full: string | null
    readonly incremental: string | null
    readonly verify: string | null
  }
}

/** What holds where nothing was written yet: nothing goes, nothing is scheduled. */
export const noPolicy: Policy = {
  retention: { maxCount: 0, maxAgeDays: 0 },
  schedule: { full: null, incremental: null, verify: null },
}

/** @throws DamageError */
export function parsePolicy(body: unknown): Policy {
  const reader = new BodyReader(POLICY_FILE, body)
  const retention = reader.object('retention')
  const schedule = reader.object('schedule')
  const cron = (name: string) => schedule.nullable(name, () => schedule.text(name, CRON_LENGTH_MAX))
  return {
    retention: { maxCount: retention.count('maxCount'), maxAgeDays: retention.count('maxAgeDays') },
    schedule: { full: cron('full'), incremental: cron('incremental'), verify: cron('verify') },
  }
}
