import { createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import type { RecoveryReport, SignedReport } from '#contract'
import { canonicalJson } from './canonical-json.ts'

/** The key of this machine, which its reports are signed with. */
export type ReportKey = { readonly privateKey: KeyObject }

/** Signs the canonical JSON of a report with ed25519. */
export function signReport(report: RecoveryReport, key: ReportKey): SignedReport {
  return {
    report,
    algorithm: 'ed25519',
    publicKey: publicKeyOf(key),
    signature: sign(null, Buffer.from(canonicalJson(report)), key.privateKey).toString('base64'),
  }
}

/** SPKI, base64: by it somebody tells the machines apart. */
export function publicKeyOf({ privateKey }: ReportKey): string {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64')
}

/** Whether the report is the one that the holder of the key signed; whose key it is, is for the caller to know. */
export function verifySignedReport({ report, publicKey, signature }: SignedReport): boolean {
  try {
    const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' })
    if (key.asymmetricKeyType !== 'ed25519') return false
    return verify(null, Buffer.from(canonicalJson(report)), key, Buffer.from(signature, 'base64'))
  } catch {
    // no key, or no signature
    return false
  }
}
