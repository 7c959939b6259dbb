/** How much of everything there is in a demonstration graph. */
export type DemoAmounts = {
  readonly customers: number
  readonly accounts: number
  readonly merchants: number
  readonly devices: number
  readonly referrals: number
  readonly payments: number
  readonly transfers: number
  /** in which the payments and transfers are made */
  readonly commits: number
}

const full: DemoAmounts = {
  customers: 8_000,
  accounts: 9_000,
  merchants: 2_500,
  devices: 3_000,
  referrals: 2_000,
  payments: 34_000,
  transfers: 9_000,
  commits: 2_000,
}

/** @param scale 1, or a smaller part of everything */
export function demoAmounts(scale: number): DemoAmounts {
  const part = (amount: number) => Math.max(1, Math.round(amount * scale))
  return {
    customers: part(full.customers),
    accounts: part(full.accounts),
    merchants: part(full.merchants),
    devices: part(full.devices),
    referrals: part(full.referrals),
    payments: part(full.payments),
    transfers: part(full.transfers),
    commits: part(full.commits),
  }
}
