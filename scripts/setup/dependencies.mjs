import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runChild } from './child.mjs'
import { nodeEnvironment, nodeMajor } from './node.mjs'
import { findNpmCli, npmEnvironment } from './npm.mjs'
import { root } from './paths.mjs'
import { SetupError, say } from './say.mjs'

const stampPath = join(root, 'node_modules', '.stamp')

/** Content, not times: a touched lock file or a branch switched and back must not install again. */
export function dependenciesStamp() {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { dependencies, devDependencies, optionalDependencies, overrides, allowScripts } = manifest
  const hash = createHash('sha256')
  hash.update(readFileSync(join(root, 'package-lock.json')))
  hash.update(readFileSync(join(root, '.npmrc')))
  hash.update(JSON.stringify({ dependencies, devDependencies, optionalDependencies, overrides, allowScripts }))
  return hash.update(`${process.platform} ${process.arch} ${nodeMajor}`).digest('hex')
}

/**
 * Installs node_modules exactly as locked when it is not what the lock asks for. `npm ci` removes the stamp with
 * the folder, so an interrupted install is seen as stale and done again.
 * @param {string} node
 * @param {(pid: number) => void} onChild
 */
export async function ensureDependencies(node, onChild) {
  const wanted = dependenciesStamp()
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === wanted) return
  say('installing the locked dependencies')
  const args = [findNpmCli(), 'ci', '--prefer-offline', '--no-audit', '--no-fund']
  const env = npmEnvironment(node, nodeEnvironment(node))
  const install = await runChild(node, args, { cwd: root, env, stdoutToStderr: true, onStart: onChild })
  if (install.exitCode !== 0)
    throw new SetupError(`the dependencies could not be installed (npm ended with ${install.exitCode})`)
  writeFileSync(stampPath, wanted)
}
