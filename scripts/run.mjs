#!/usr/bin/env node
// The launcher behind every npm script: plain JavaScript for Node >= 18 without dependencies. It makes sure of Node 24,
// of node_modules and of out/, each only when something changed, and then runs the command.
import { join } from 'node:path'
import { ensureBundle } from './setup/bundle.mjs'
import { runChild } from './setup/child.mjs'
import { ensureDependencies } from './setup/dependencies.mjs'
import { takeSetupLock } from './setup/lock.mjs'
import { ensureNode, nodeEnvironment } from './setup/node.mjs'
import { findNpmCli, npmEnvironment } from './setup/npm.mjs'
import { cacheDir, root } from './setup/paths.mjs'
import { SetupError } from './setup/say.mjs'
import { startApp } from './start.mjs'
import { runTests } from './test.mjs'

const usage = 'usage: node scripts/run.mjs start | test | check | build | dev | bench | npm <args> | cli <args>'

/** @param {{ bundle: boolean, dependencies?: boolean }} needs */
async function setUp(needs) {
  const lock = takeSetupLock(cacheDir)
  try {
    const node = await ensureNode(lock.addHolder)
    if (needs.dependencies !== false) await ensureDependencies(node, lock.addHolder)
    if (needs.bundle) await ensureBundle(node, lock.addHolder)
    return node
  } finally {
    lock.release()
  }
}

/**
 * @param {string} node
 * @param {string[]} args
 */
async function runNode(node, args) {
  return (await runChild(node, args, { env: nodeEnvironment(node) })).exitCode
}

/** @type {Record<string, (args: string[]) => Promise<number>>} */
const commands = {
  start: async (args) => startApp(await setUp({ bundle: true }), args),
  test: async (args) => runTests(await setUp({ bundle: true }), args),
  check: async () => runNode(await setUp({ bundle: false }), [join(root, 'scripts', 'check.mjs')]),
  build: async () => {
    await setUp({ bundle: true })
    return 0
  },
  dev: async (args) => runNode(await setUp({ bundle: false }), [join(root, 'scripts', 'dev.mjs'), ...args]),
  bench: async (args) => runNode(await setUp({ bundle: true }), [join(root, 'test', 'bench', 'run.ts'), ...args]),
  cli: async (args) => runNode(await setUp({ bundle: true }), [join(root, 'out', 'main', 'cli.js'), ...args]),
  // npm resolves older versions under an older Node: lock files are to be written under Node 24
  npm: async (args) => {
    const node = await setUp({ bundle: false, dependencies: false })
    const env = npmEnvironment(node, nodeEnvironment(node))
    return (await runChild(node, [findNpmCli(), ...args], { cwd: root, env })).exitCode
  },
}

async function main() {
  const [name = '', ...args] = process.argv.slice(2)
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) throw new SetupError(usage)
  return command(args)
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error) => {
    process.stderr.write(`lifeboat: ${error instanceof SetupError ? error.message : error?.stack}\n`)
    process.exit(1)
  },
)
