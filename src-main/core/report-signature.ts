import type { SignedReport } from '#contract'
import { verifySignedReport } from '../restore/report/sign-report.ts'

/** Whether a report is what the holder of its key signed. Whose key that is, is for the reader to know. */
export function isReportSigned(signed: SignedReport): boolean {
  return verifySignedReport(signed)
}
