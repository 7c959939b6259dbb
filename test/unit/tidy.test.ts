// Goal: every tidy rule is seen to fail. Method: a mini-tree with planted violations beside lines that are allowed.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tidyFolder } from '../../scripts/tidy.mjs'
import { lineRules } from '../../scripts/tidy-rules.mjs'

const untidy = tidyFolder(join(import.meta.dirname, '..', 'layers', 'untidy'))

test('every planted violation is reported with its line and its replacement, and nothing else', () => {
  expect(untidy).toMatchInlineSnapshot(`
    [
      "src-main/jobs/JobManager.ts:1 file-name: name the file in kebab-case: backup-list.ts, backup-list.svelte.ts",
      "src-main/jobs/JobManager.ts:2 ambient-input: take the clock, the random source or the setting as an argument; hosts pass the real ones",
      "src-main/jobs/JobManager.ts:3 ambient-input: take the clock, the random source or the setting as an argument; hosts pass the real ones",
      "src-main/jobs/JobManager.ts:4 ambient-input: take the clock, the random source or the setting as an argument; hosts pass the real ones",
      "src-main/jobs/JobManager.ts:5 todo-without-number: do it now, or write the number of its issue: TODO #12",
      "src-main/jobs/JobManager.ts:7 machine-path: use a path from the project, or a neutral one such as /var/lib/graph; name no download host",
      "src-main/jobs/JobManager.ts:8 machine-path: use a path from the project, or a neutral one such as /var/lib/graph; name no download host",
      "src-main/rocksdb/long.ts:401 long-file: 401 lines, 400 at most: split it by subject",
      "src-renderer/styles/page.css:2 raw-colour: use a colour token by its use, as var(--text-muted); tokens live in src-renderer/styles/tokens*.css",
      "src-renderer/styles/page.css:3 raw-colour: use a colour token by its use, as var(--text-muted); tokens live in src-renderer/styles/tokens*.css",
      "src-renderer/ui/chart.ts:1 raw-colour: read the colour from its token (getComputedStyle), so that both themes have it",
      "src-renderer/ui/small-button.svelte:1 file-name: name a component file in PascalCase: BackupList.svelte",
      "src-renderer/ui/small-button.svelte:2 ambient-input: take the clock, the random source or the setting as an argument; hosts pass the real ones",
      "src-renderer/ui/small-button.svelte:6 raw-colour: use a colour token by its use, as var(--text-muted); tokens live in src-renderer/styles/tokens*.css",
      "test/unit/sleepy.test.ts:4 sleep-in-test: await the event itself, or poll the condition with a deadline (expect.poll, vi.waitFor)",
      "test/unit/sleepy.test.ts:6 focused-test: name the file on the command line: npm test -- test/unit/x.test.ts",
      "test/unit/sleepy.test.ts:7 skip-without-reason: skip inside the test with the reason as a sentence: context.skip('did not run: ...')",
      "test/unit/sleepy.test.ts:8 skip-without-reason: skip inside the test with the reason as a sentence: context.skip('did not run: ...')",
      "test/unit/sleepy.test.ts:9 skip-without-reason: skip inside the test with the reason as a sentence: context.skip('did not run: ...')",
    ]
  `)
})

test('every line rule has a planted violation', () => {
  const missed = lineRules.filter((rule) => !untidy.some((line) => line.includes(` ${rule.name}: ${rule.instead}`)))
  expect(missed).toEqual([])
})
