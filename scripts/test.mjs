import { join } from 'node:path'
import { checks, runChecks } from './check-steps.mjs'
import { runChild } from './setup/child.mjs'
import { ensureDebianPackages } from './setup/debian-packages.mjs'
import { nodeEnvironment } from './setup/node.mjs'
import { root } from './setup/paths.mjs'

/**
 * Everything that must hold: the checks, then all tests. With arguments only vitest runs, with these arguments.
 * @param {string} node
 * @param {string[]} args
 */
export async function runTests(node, args) {
  await ensureDebianPackages()
  const env = nodeEnvironment(node)
  const failed = args.length === 0 ? await runChecks(node, checks) : []
  // the reporter names them just before its closing line, which stays the last one
  if (failed.length > 0) env.LIFEBOAT_FAILED_CHECKS = failed.join(', ')
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const { exitCode } = await runChild(node, [vitest, 'run', ...args], { cwd: root, env })
  return exitCode === 0 && failed.length > 0 ? 1 : exitCode
}
