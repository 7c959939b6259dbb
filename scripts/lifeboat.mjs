#!/usr/bin/env node
// The `lifeboat` command: plain JavaScript for Node >= 18. It hands its arguments to out/main/cli.js under Node 24.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runChild } from './setup/child.mjs'
import { takeSetupLock } from './setup/lock.mjs'
import { ensureNode, readyNode } from './setup/node.mjs'
import { cacheDir, root } from './setup/paths.mjs'
import { SetupError } from './setup/say.mjs'

async function fetchNode() {
  const lock = takeSetupLock(cacheDir)
  try {
    return await ensureNode(lock.addHolder)
  } finally {
    lock.release()
  }
}

async function main() {
  const cli = join(root, 'out', 'main', 'cli.js')
  if (!existsSync(cli)) throw new SetupError('Lifeboat is not built yet; run `npm run build` in its folder first')
  const node = readyNode() ?? (await fetchNode())
  return (await runChild(node, [cli, ...process.argv.slice(2)])).exitCode
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error) => {
    process.stderr.write(`lifeboat: ${error instanceof SetupError ? error.message : error?.stack}\n`)
    process.exit(1)
  },
)
