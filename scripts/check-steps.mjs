import { join } from 'node:path'
import { runChild } from './setup/child.mjs'
import { nodeEnvironment } from './setup/node.mjs'
import { root } from './setup/paths.mjs'

/** @typedef {{ name: string, entry: string, args: string[] }} Check */

/** The slowest first: two run at a time. svelte-check checks the types of .ts files as well. @type {Check[]} */
export const checks = [
  {
    name: 'svelte-check',
    entry: 'node_modules/svelte-check/bin/svelte-check',
    args: ['--tsconfig', './tsconfig.json', '--output', 'human', '--no-color'],
  },
  {
    name: 'layers',
    entry: 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs',
    args: ['--config', '.dependency-cruiser.cjs', 'src-main', 'src-renderer'],
  },
  { name: 'knip', entry: 'node_modules/knip/bin/knip.js', args: ['--no-progress'] },
  {
    name: 'biome',
    entry: 'node_modules/@biomejs/biome/bin/biome',
    args: ['check', '--colors=off', '--error-on-warnings'],
  },
  { name: 'check-lock', entry: 'scripts/check-lock.mjs', args: [] },
  { name: 'tidy', entry: 'scripts/tidy.mjs', args: [] },
]
const atOnce = 2

/**
 * Runs the checks two at a time, shows each with its time as it ends and the output of those that failed.
 * @param {string} node
 * @param {Check[]} list
 * @returns {Promise<string[]>} the names of the failed ones, in the order of the list
 */
export async function runChecks(node, list) {
  const env = nodeEnvironment(node)
  env.NO_COLOR = '1'
  delete env.FORCE_COLOR
  /** @type {Set<string>} */
  const failed = new Set()
  const waiting = [...list]
  const runner = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const startedAt = performance.now()
      const { exitCode, output } = await runChild(node, [join(root, check.entry), ...check.args], {
        cwd: root,
        env,
        capture: true,
      })
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
      if (exitCode !== 0) failed.add(check.name)
      process.stdout.write(`${exitCode === 0 ? 'passed' : 'FAILED'}  ${check.name}  ${seconds} s\n`)
      if (exitCode !== 0) process.stdout.write(`${output.trimEnd()}\n`)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, runner))
  return list.map((check) => check.name).filter((name) => failed.has(name))
}
