// Builds out/: the programs that run on Node or in Electron, the preload, the page. `node scripts/build.mjs [project folder]`
import { rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { build } from 'vite'

const external = [
  'electron',
  'better-sqlite3',
  'rocksdb-native',
  /^@node-rs\//,
  /^node:/,
  ...builtinModules,
  // ws asks for these two and does without
  'bufferutil',
  'utf-8-validate',
]

/**
 * A bundle for Node 24. Everything lies flat in out/main, so that `new URL('./worker.js', import.meta.url)` finds the
 * worker from an entry and from a shared chunk alike.
 * @param {string} project
 * @param {Record<string, string>} input
 * @param {'es' | 'cjs'} format
 * @returns {import('vite').InlineConfig}
 */
function nodeBundle(project, input, format) {
  const extension = format === 'cjs' ? 'cjs' : 'js'
  return {
    configFile: false,
    root: project,
    logLevel: 'warn',
    ssr: { noExternal: true, target: 'node' },
    build: {
      ssr: true,
      target: 'node24',
      outDir: join(project, 'out', 'main'),
      emptyOutDir: false,
      sourcemap: true,
      minify: false,
      rolldownOptions: {
        input: Object.fromEntries(Object.entries(input).map(([name, path]) => [name, join(project, path)])),
        external,
        checks: quiet,
        output: { format, entryFileNames: `[name].${extension}`, chunkFileNames: `chunk-[name]-[hash].${extension}` },
      },
    },
  }
}

/** how long each plugin took is no warning */
const quiet = { pluginTimings: false }

/**
 * What the page is made of, for the build and for the development server.
 * @param {string} project
 * @returns {import('vite').InlineConfig}
 */
export function pageConfig(project) {
  return {
    configFile: false,
    root: join(project, 'src-renderer'),
    base: './',
    logLevel: 'warn',
    cacheDir: join(project, '.cache', 'vite'),
    plugins: [svelte({ configFile: false })],
    build: {
      target: 'chrome140',
      outDir: join(project, 'out', 'renderer'),
      emptyOutDir: false,
      sourcemap: true,
      modulePreload: false,
      // the page's policy allows no data: addresses
      assetsInlineLimit: 0,
      rolldownOptions: { checks: quiet },
    },
  }
}

/**
 * Replaces `<project>/out` with a fresh build.
 * @param {string} project
 */
export async function buildProject(project) {
  rmSync(join(project, 'out'), { recursive: true, force: true })
  const hosts = 'src-main/hosts'
  const programs = {
    cli: `${hosts}/cli/main.ts`,
    'electron-main': `${hosts}/electron/main.ts`,
    'core-process': `${hosts}/electron/core-process.ts`,
  }
  await Promise.all([
    build(nodeBundle(project, programs, 'es')),
    build(nodeBundle(project, { worker: 'src-main/workers/worker-main.ts' }, 'es')),
    build(nodeBundle(project, { preload: `${hosts}/electron/preload.ts` }, 'cjs')),
    build(pageConfig(project)),
  ])
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await buildProject(resolve(process.argv[2] ?? join(import.meta.dirname, '..')))
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exit(1)
  }
}
