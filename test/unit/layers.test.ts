// Goal: the layer rules are seen to fail. Method: the real checker runs on a mini-tree with one planted violation per
// rule, and on a sound one.
import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const config = join(root, '.dependency-cruiser.cjs')
const cruiser = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruiser.mjs')

type Violation = { readonly from: string; readonly to: string; readonly rule: { readonly name: string } }
type Report = { readonly summary: { readonly totalCruised: number; readonly violations: Violation[] } }

async function violationsOf(tree: string): Promise<string[]> {
  const args = [cruiser, '--config', config, '--output-type', 'json', 'src-main', 'src-renderer']
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd: join(root, 'test', 'layers', tree),
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: { stdout: string }) => error)
  const { summary } = JSON.parse(stdout) as Report
  return summary.violations
    .map(
      ({ from, to, rule }) =>
        `${rule.name}: ${from} -> ${to.replace(/^.*node_modules\/((@[^/]+\/)?[^/]+)\/.*$/, '$1')}`,
    )
    .sort()
}

test('every planted violation is reported under the rule that says it, and nothing else', {
  timeout: 60_000,
}, async () => {
  expect(await violationsOf('bad')).toMatchInlineSnapshot(`
    [
      "agent-imports-croner-pino-only: src-main/agent/wide.ts -> ioredis",
      "agent-imports-croner-pino-only: src-main/agent/wide.ts -> rocksdb-native",
      "agent-imports-no-worker-job-core-host: src-main/agent/wide.ts -> src-main/workers/messages.ts",
      "api-imports-base-contract-catalog-jobs-messages: src-main/api/wide.ts -> src-main/restore/plan.ts",
      "api-imports-no-node: src-main/api/wide.ts -> fs",
      "api-imports-orpc-server-only: src-main/api/wide.ts -> zod",
      "backup-imports-base-rocksdb-repository: src-main/backup/wide.ts -> src-main/restore/plan.ts",
      "base-imports-no-package: src-main/base/up.ts -> zod",
      "base-imports-nothing-of-ours: src-main/base/up.ts -> src-main/samyama/key.ts",
      "better-sqlite3-in-catalog-only: src-main/jobs/wide.ts -> better-sqlite3",
      "catalog-imports-base-and-contract: src-main/catalog/wide.ts -> src-main/repository/chain.ts",
      "catalog-imports-better-sqlite3-only: src-main/catalog/wide.ts -> zod",
      "catalog-takes-types-of-contract-only: src-main/catalog/wide.ts -> src-main/contract/index.ts",
      "commander-in-cli-host-only: src-main/hosts/web/serve.ts -> commander",
      "contract-imports-base-only: src-main/contract/wide.ts -> src-main/repository/chain.ts",
      "contract-imports-zod-and-orpc-contract-only: src-main/contract/wide.ts -> ws",
      "contract-never-reaches-node: src-main/contract/wide.ts -> fs",
      "core-imports-no-host: src-main/core/wide.ts -> src-main/hosts/web/serve.ts",
      "electron-in-its-host-only: src-main/hosts/web/serve.ts -> electron",
      "every-import-resolves: src-main/core/ring-b.ts -> ./gone.ts",
      "hosts-are-islands-but-cli-may-serve-web: src-main/hosts/cli/main.ts -> src-main/hosts/electron/main.ts",
      "hosts-electron-and-web-are-islands: src-main/hosts/electron/main.ts -> src-main/hosts/web/serve.ts",
      "hosts-import-core-contract-base-only: src-main/hosts/web/serve.ts -> src-main/restore/plan.ts",
      "hosts-import-core-contract-base-only: src-main/hosts/web/serve.ts -> src-main/workers/messages.ts",
      "ioredis-in-servers-only: src-main/agent/wide.ts -> ioredis",
      "jobs-import-base-contract-catalog-messages: src-main/jobs/wide.ts -> src-main/restore/plan.ts",
      "jobs-import-base-contract-catalog-messages: src-main/jobs/wide.ts -> src-main/workers/worker-main.ts",
      "jobs-import-no-package: src-main/jobs/wide.ts -> better-sqlite3",
      "no-cycles: src-main/core/ring-a.ts -> src-main/core/ring-b.ts",
      "orpc-client-in-renderer-api-only: src-renderer/stores/jobs.svelte.ts -> @orpc/client",
      "renderer-base-imports-nothing: src-renderer/base/wide.ts -> src-renderer/host/platform.ts",
      "renderer-host-and-api-import-base-only: src-renderer/host/platform.ts -> src-renderer/stores/jobs.svelte.ts",
      "renderer-imports-no-node: src-renderer/host/platform.ts -> fs",
      "renderer-places-import-stores-ui-timeline-base: src-renderer/places/jobs/Jobs.svelte -> src-renderer/api/client.ts",
      "renderer-places-share-parts-only: src-renderer/places/backups/Backups.svelte -> src-renderer/places/jobs/Jobs.svelte",
      "renderer-sees-contract-only: src-renderer/app/App.svelte -> src-main/base/text.ts",
      "renderer-stores-import-base-host-api: src-renderer/stores/jobs.svelte.ts -> src-renderer/ui/Button.svelte",
      "renderer-timeline-imports-base-and-ui: src-renderer/timeline/Timeline.svelte -> src-renderer/stores/jobs.svelte.ts",
      "renderer-ui-imports-base-only: src-renderer/ui/Button.svelte -> src-renderer/api/client.ts",
      "repository-imports-base-retention-and-formats: src-main/repository/wide.ts -> src-main/restore/plan.ts",
      "repository-restore-verify-import-no-package: src-main/repository/wide.ts -> zod",
      "resp-imports-base-only: src-main/resp/wide.ts -> src-main/samyama/key.ts",
      "resp-imports-no-node-but-net-tls-crypto: src-main/resp/wide.ts -> fs",
      "resp-imports-no-package: src-main/resp/wide.ts -> zod",
      "restore-imports-base-contract-formats-repository: src-main/restore/wide.ts -> src-main/verify/wide.ts",
      "retention-backup-import-no-package: src-main/retention/wide.ts -> zod",
      "retention-imports-base-only: src-main/retention/wide.ts -> src-main/repository/chain.ts",
      "rocksdb-imports-base-only: src-main/rocksdb/wide.ts -> src-main/samyama/key.ts",
      "rocksdb-imports-codecs-only: src-main/rocksdb/wide.ts -> zod",
      "rocksdb-imports-no-node-but-zlib: src-main/rocksdb/wide.ts -> fs",
      "rocksdb-native-in-sandbox-only: src-main/agent/wide.ts -> rocksdb-native",
      "samyama-imports-base-only: src-main/samyama/wide.ts -> src-main/rocksdb/wide.ts",
      "samyama-imports-no-node-but-zlib-crypto: src-main/samyama/wide.ts -> fs",
      "samyama-imports-no-package: src-main/samyama/wide.ts -> @node-rs/crc32",
      "sandbox-imports-base-formats-resp: src-main/sandbox/wide.ts -> src-main/agent/wide.ts",
      "sandbox-imports-rocksdb-native-chevrotain-only: src-main/sandbox/wide.ts -> zod",
      "servers-import-base-only: src-main/servers/wide.ts -> src-main/resp/wide.ts",
      "servers-import-ioredis-only: src-main/servers/wide.ts -> zod",
      "servers-import-no-node-but-net-tls-stream: src-main/servers/wide.ts -> fs",
      "timeline-imports-base-contract-formats: src-main/timeline/wide.ts -> src-main/restore/plan.ts",
      "timeline-imports-no-node: src-main/timeline/wide.ts -> fs",
      "timeline-imports-no-package: src-main/timeline/wide.ts -> zod",
      "undo-imports-base-contract-formats-repository-timeline: src-main/undo/wide.ts -> src-main/restore/plan.ts",
      "undo-imports-no-package: src-main/undo/wide.ts -> zod",
      "verify-imports-base-rocksdb-repository: src-main/verify/wide.ts -> src-main/samyama/key.ts",
      "workers-are-started-not-imported: src-main/jobs/wide.ts -> src-main/workers/worker-main.ts",
      "workers-import-no-jobs-api-core-host: src-main/workers/worker-main.ts -> src-main/api/wide.ts",
      "workers-messages-for-jobs-api-core-only: src-main/agent/wide.ts -> src-main/workers/messages.ts",
      "workers-messages-for-jobs-api-core-only: src-main/hosts/web/serve.ts -> src-main/workers/messages.ts",
      "ws-in-web-host-only: src-main/contract/wide.ts -> ws",
      "ws-in-web-host-only: src-main/hosts/cli/main.ts -> ws",
    ]
  `)
})

test('every rule has a planted violation', { timeout: 60_000 }, async () => {
  const { forbidden } = createRequire(import.meta.url)(config) as { forbidden: { name: string }[] }
  const seen = new Set((await violationsOf('bad')).map((line) => line.slice(0, line.indexOf(':'))))
  expect([...seen].sort()).toEqual([...new Set(forbidden.map((rule) => rule.name))].sort())
})

test('a sound tree has no violation', { timeout: 60_000 }, async () => {
  expect(await violationsOf('good')).toEqual([])
})
