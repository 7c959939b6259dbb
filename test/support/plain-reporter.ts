import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'

type Unhandled = Parameters<NonNullable<Reporter['onTestRunEnd']>>[1]

/**
 * Ends every run with plain lines: why each skipped test did not run, then the count as the very last line.
 * A file that did not load counts as one failed test.
 */
export class PlainReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: Unhandled, _reason: TestRunEndReason): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0 }
    const lines: string[] = []
    for (const module of modules) {
      if (module.errors().length > 0) count.failed++
      for (const test of module.children.allTests()) {
        const result = test.result()
        if (result.state === 'pending') continue
        count[result.state]++
        if (result.state === 'skipped') {
          lines.push(`skipped: ${test.fullName}: ${result.note ?? 'no reason was given'}`)
        }
      }
    }
    const failedChecks = process.env.LIFEBOAT_FAILED_CHECKS
    if (failedChecks) lines.push(`failed checks: ${failedChecks}`)
    lines.push(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`)
    process.stdout.write(`\n${lines.join('\n')}\n`)
  }
}
