import { readFileSync } from 'node:fs'
import { fileError } from '#base/file-error.ts'
import { errorCodes, SignedReport } from '#contract'
import { isReportSigned } from '../../../core/report-signature.ts'
import { reportText } from '../recovery-text.ts'
import { print } from '../render.ts'
import { badArgument } from '../usage.ts'

/** `lifeboat report`: shows a signed report, and whether it is as it was signed; exit status 5 when it is not. */
export function report(path: string, { json }: { json: boolean }): void {
  const signed = readReport(path)
  const isSigned = isReportSigned(signed)
  if (!isSigned) process.exitCode = errorCodes.DAMAGED
  print(json, { isSigned, ...signed }, () =>
    [
      isSigned
        ? 'The signature is right: nothing in this report was changed since.'
        : 'The signature is WRONG: this report is not what was signed.',
      reportText(signed),
    ].join('\n'),
  )
}

function readReport(path: string): SignedReport {
  const how = 'Write one with lifeboat restore … --report <file>.'
  let value: unknown
  try {
    value = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    if (cause instanceof SyntaxError) throw badArgument('not a report', path, how)
    throw fileError(cause, path)
  }
  const parsed = SignedReport.safeParse(value)
  if (parsed.success) return parsed.data
  throw badArgument('not a report', path, how)
}
