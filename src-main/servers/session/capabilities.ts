import type { Product } from './product.ts'

/** Which calls of a session a server takes. Kinds, labels, levels and all the rest beyond LIST, CREATE and VERIFY are our agent's. */
export type Capabilities = {
  readonly list: boolean
  readonly create: boolean
  readonly kindsAndLabels: boolean
  readonly verify: boolean
  readonly verifyLevels: boolean
  readonly backupInfo: boolean
  readonly status: boolean
  readonly prune: boolean
  readonly retention: boolean
  readonly delete: boolean
}

/** @param mayDelete DELETE is known from prose only: sent to servers not ours only when someone switched it on */
export function capabilitiesOf(product: Product, hasAdminBackup: boolean | null, mayDelete: boolean): Capabilities {
  const isKnown = hasAdminBackup === true
  const isOurs = isKnown && product.kind === 'lifeboat'
  return {
    list: isKnown,
    create: isKnown,
    kindsAndLabels: isOurs,
    verify: isKnown,
    verifyLevels: isOurs,
    backupInfo: isOurs,
    status: isOurs,
    prune: isOurs,
    retention: isOurs,
    delete: isOurs || (isKnown && mayDelete),
  }
}
