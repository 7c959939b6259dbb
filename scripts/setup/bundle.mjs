import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runChild } from './child.mjs'
import { dependenciesStamp } from './dependencies.mjs'
import { nodeEnvironment } from './node.mjs'
import { root } from './paths.mjs'
import { SetupError, say } from './say.mjs'

const stampPath = join(root, 'out', '.stamp')
const inputs = ['src-main', 'src-renderer', 'resources', 'scripts/build.mjs', 'package.json', 'tsconfig.json']

/** @param {string} path @returns {string[]} */
function describe(path) {
  const stat = statSync(join(root, path), { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (!stat.isDirectory()) return [`${path}:${stat.size}:${stat.mtimeMs}`]
  return readdirSync(join(root, path))
    .sort()
    .flatMap((name) => describe(`${path}/${name}`))
}

function sourcesStamp() {
  return createHash('sha256')
    .update([dependenciesStamp(), ...inputs.flatMap(describe)].join('\n'))
    .digest('hex')
}

/**
 * Builds `out/` when a source is newer than the last complete build.
 * @param {string} node
 * @param {(pid: number) => void} onChild
 */
export async function ensureBundle(node, onChild) {
  const wanted = sourcesStamp()
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === wanted) return
  say('building')
  const args = [join(root, 'scripts', 'build.mjs')]
  const build = await runChild(node, args, {
    cwd: root,
    env: nodeEnvironment(node),
    stdoutToStderr: true,
    onStart: onChild,
  })
  if (build.exitCode !== 0) throw new SetupError(`the build failed (it ended with ${build.exitCode})`)
  writeFileSync(stampPath, wanted)
}
