// The layers. A rule's name says the rule; test/layers/bad plants a violation of each, so that none goes silent.
// Paths are seen from the folder the checker runs in: the project, or one of the mini-trees.

const ours = '^src-(main|renderer)/'
const contract = '^src-main/contract/'
const messages = '^src-main/workers/(archiver-)?messages[.]ts$'
const npm = '(^|/)node_modules/'
const types = '(^|/)node_modules/@types/'

/** Our own modules that `from` may import; the same folder always. */
const layer = (name, from, ...allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: ours, pathNot: [from, ...allowed] },
})

/** npm packages that `from` may import. */
const packages = (name, from, ...allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: npm, pathNot: [types, ...allowed.map((each) => `${npm}${each}/`)] },
})

/** Node built-ins that `from` may import. */
const builtins = (name, from, ...allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { dependencyTypes: ['core'], ...(allowed.length > 0 ? { pathNot: [`^(node:)?(${allowed.join('|')})$`] } : {}) },
})

/** The one place of a package. */
const only = (name, place, module) => ({
  name,
  severity: 'error',
  from: { path: ours, pathNot: place },
  to: { path: `${npm}(@types/)?${module}/` },
})

const main = (...folders) => `^src-main/(${folders.join('|')})/`
const page = (...folders) => `^src-renderer/(${folders.join('|')})/`

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'every-import-resolves', severity: 'error', from: {}, to: { couldNotResolve: true } },

    // src-main, bottom to top
    layer('base-imports-nothing-of-ours', main('base')),
    packages('base-imports-no-package', main('base')),
    layer('contract-imports-base-only', contract, main('base')),
    packages('contract-imports-zod-and-orpc-contract-only', contract, 'zod', '@orpc/contract'),
    {
      name: 'contract-never-reaches-node',
      severity: 'error',
      from: { path: contract },
      to: {
        path: '^(node:)?(fs|path|os|net|http|https|crypto|zlib|stream|buffer|events|worker_threads|child_process|url|util|timers|async_hooks|process|perf_hooks)(/|$)',
        reachable: true,
      },
    },
    layer('rocksdb-imports-base-only', main('rocksdb'), main('base')),
    packages('rocksdb-imports-codecs-only', main('rocksdb'), '@node-rs/[^/]+', 'seek-bzip'),
    builtins('rocksdb-imports-no-node-but-zlib', main('rocksdb'), 'zlib'),
    layer('samyama-imports-base-only', main('samyama'), main('base')),
    packages('samyama-imports-no-package', main('samyama')),
    builtins('samyama-imports-no-node-but-zlib-crypto', main('samyama'), 'zlib', 'crypto'),
    layer('resp-imports-base-only', main('resp'), main('base')),
    packages('resp-imports-no-package', main('resp')),
    builtins('resp-imports-no-node-but-net-tls-crypto', main('resp'), 'net', 'tls', 'crypto'),
    layer('servers-import-base-only', main('servers'), main('base')),
    packages('servers-import-ioredis-only', main('servers'), 'ioredis'),
    builtins('servers-import-no-node-but-net-tls-stream', main('servers'), 'net', 'tls', 'stream'),
    layer('timeline-imports-base-contract-formats', main('timeline'), main('base', 'contract', 'rocksdb', 'samyama')),
    packages('timeline-imports-no-package', main('timeline')),
    builtins('timeline-imports-no-node', main('timeline')),
    layer(
      'repository-imports-base-retention-and-formats',
      main('repository'),
      main('base', 'retention', 'rocksdb', 'samyama'),
    ),
    packages('repository-restore-verify-import-no-package', main('repository', 'restore', 'verify')),
    layer(
      'restore-imports-base-contract-formats-repository',
      main('restore'),
      main('base', 'contract', 'rocksdb', 'samyama', 'repository'),
    ),
    layer(
      'undo-imports-base-contract-formats-repository-timeline',
      main('undo'),
      main('base', 'contract', 'rocksdb', 'samyama', 'repository', 'timeline'),
    ),
    packages('undo-imports-no-package', main('undo')),
    layer('verify-imports-base-rocksdb-repository', main('verify'), main('base', 'rocksdb', 'repository')),
    layer('retention-imports-base-only', main('retention'), main('base')),
    layer('backup-imports-base-rocksdb-repository', main('backup'), main('base', 'rocksdb', 'repository')),
    packages('retention-backup-import-no-package', main('retention', 'backup')),
    layer('sandbox-imports-base-formats-resp', main('sandbox'), main('base', 'rocksdb', 'samyama', 'resp')),
    packages('sandbox-imports-rocksdb-native-chevrotain-only', main('sandbox'), 'rocksdb-native', 'chevrotain'),
    layer(
      'agent-imports-no-worker-job-core-host',
      main('agent'),
      main('base', 'contract', 'rocksdb', 'resp', 'repository', 'retention', 'backup', 'verify', 'restore'),
    ),
    packages('agent-imports-croner-pino-only', main('agent'), 'croner', 'pino'),
    layer('catalog-imports-base-and-contract', main('catalog'), main('base', 'contract')),
    {
      name: 'catalog-takes-types-of-contract-only',
      severity: 'error',
      from: { path: main('catalog') },
      to: { path: contract, dependencyTypesNot: ['type-only'] },
    },
    packages('catalog-imports-better-sqlite3-only', main('catalog'), 'better-sqlite3'),
    layer('jobs-import-base-contract-catalog-messages', main('jobs'), main('base', 'contract', 'catalog'), messages),
    packages('jobs-import-no-package', main('jobs')),
    layer(
      'workers-import-no-jobs-api-core-host',
      main('workers'),
      main(
        'base',
        'contract',
        'rocksdb',
        'samyama',
        'timeline',
        'repository',
        'retention',
        'backup',
        'restore',
        'verify',
        'catalog',
      ),
    ),
    {
      name: 'workers-are-started-not-imported',
      severity: 'error',
      from: { path: ours, pathNot: main('workers') },
      to: { path: main('workers'), pathNot: messages },
    },
    {
      name: 'workers-messages-for-jobs-api-core-only',
      severity: 'error',
      from: { path: ours, pathNot: main('workers', 'jobs', 'api', 'core') },
      to: { path: messages },
    },
    layer(
      'api-imports-base-contract-catalog-jobs-messages',
      main('api'),
      main('base', 'contract', 'catalog', 'jobs'),
      messages,
    ),
    packages('api-imports-orpc-server-only', main('api'), '@orpc/server'),
    builtins('api-imports-no-node', main('api')),
    layer('core-imports-no-host', main('core'), '^src-main/(?!hosts/)'),
    layer('hosts-import-core-contract-base-only', main('hosts'), main('core', 'contract', 'base')),
    {
      name: 'hosts-are-islands-but-cli-may-serve-web',
      severity: 'error',
      from: { path: '^src-main/hosts/([^/]+)/' },
      to: { path: '^src-main/hosts/', pathNot: ['^src-main/hosts/$1/', '^src-main/hosts/web/'] },
    },
    {
      name: 'hosts-electron-and-web-are-islands',
      severity: 'error',
      from: { path: '^src-main/hosts/electron/' },
      to: { path: '^src-main/hosts/web/' },
    },
    only('electron-in-its-host-only', '^src-main/hosts/electron/', 'electron'),
    only('ws-in-web-host-only', '^src-main/hosts/web/', 'ws'),
    only('commander-in-cli-host-only', '^src-main/hosts/cli/', 'commander'),
    only('better-sqlite3-in-catalog-only', '^src-main/catalog/', 'better-sqlite3'),
    only('rocksdb-native-in-sandbox-only', '^src-main/sandbox/', 'rocksdb-native'),
    only('ioredis-in-servers-only', '^src-main/servers/', 'ioredis'),

    // src-renderer, bottom to top
    layer('renderer-sees-contract-only', '^src-renderer/', contract),
    builtins('renderer-imports-no-node', '^src-renderer/'),
    only('orpc-client-in-renderer-api-only', '^(src-main/|src-renderer/api/)', '@orpc/client'),
    layer('renderer-base-imports-nothing', page('base'), page('styles')),
    layer('renderer-host-and-api-import-base-only', page('host', 'api'), page('base'), contract),
    layer('renderer-stores-import-base-host-api', page('stores'), page('base', 'host', 'api'), contract),
    layer('renderer-ui-imports-base-only', page('ui'), page('base', 'styles')),
    layer('renderer-timeline-imports-base-and-ui', page('timeline'), page('base', 'ui', 'styles'), contract),
    layer(
      'renderer-places-import-stores-ui-timeline-base',
      page('places'),
      page('base', 'stores', 'ui', 'timeline', 'styles'),
      contract,
    ),
    {
      name: 'renderer-places-share-parts-only',
      severity: 'error',
      // this one puts the tabs of a backup together
      from: { path: '^src-renderer/places/([^/]+)/', pathNot: '^src-renderer/places/backup/BackupPlace[.]svelte$' },
      to: { path: '^src-renderer/places/[^/]+/', pathNot: ['^src-renderer/places/$1/', '^src-renderer/places/parts/'] },
    },
  ],
  options: {
    doNotFollow: { path: npm },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['svelte', 'import', 'require', 'node', 'default', 'types'],
    },
  },
}
