import { checks, runChecks } from './check-steps.mjs'

const failed = await runChecks(process.execPath, checks)
process.stdout.write(failed.length === 0 ? `${checks.length} checks passed\n` : `failed: ${failed.join(', ')}\n`)
process.exit(failed.length === 0 ? 0 : 1)
