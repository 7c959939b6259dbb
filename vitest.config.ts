import { defineConfig } from 'vitest/config'
import { pageModules } from './test/support/page-modules.ts'
import { PlainReporter } from './test/support/plain-reporter.ts'

const base = {
  environment: 'node' as const,
  sequence: { shuffle: { tests: true } },
  setupFiles: ['test/support/fixed-seed.ts'],
}

export default defineConfig({
  test: {
    reporters: ['default', new PlainReporter()],
    allowOnly: false,
    projects: [
      {
        plugins: [pageModules()],
        ssr: { resolve: { conditions: ['browser', 'module', 'import', 'default'] } },
        test: {
          ...base,
          name: 'unit',
          include: ['test/unit/**/*.test.ts', 'test/bench/**/*.test.ts'],
          pool: 'threads',
          server: { deps: { inline: ['svelte'] } },
        },
      },
      {
        test: {
          ...base,
          name: 'integration',
          globalSetup: 'test/support/build-first.ts',
          include: ['test/integration/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 30_000,
        },
      },
      {
        test: {
          ...base,
          name: 'e2e',
          globalSetup: 'test/support/build-first.ts',
          include: ['test/e2e/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
