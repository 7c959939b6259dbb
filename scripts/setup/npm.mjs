import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { SetupError } from './say.mjs'

/** npm's own JavaScript entry, so that it can be run by the Node of our choice and without a shell. */
export function findNpmCli() {
  const fromNpm = process.env.npm_execpath
  if (fromNpm?.endsWith('npm-cli.js') && existsSync(fromNpm)) return fromNpm
  const entry = join('npm', 'bin', 'npm-cli.js')
  const folders = [dirname(process.execPath), ...(process.env.PATH ?? '').split(delimiter).filter(Boolean)]
  for (const folder of folders) {
    for (const modules of [join(folder, '..', 'lib', 'node_modules'), join(folder, 'node_modules')]) {
      if (existsSync(join(modules, entry))) return join(modules, entry)
    }
  }
  const asked = spawnSync('npm', ['root', '-g'], { encoding: 'utf8', shell: process.platform === 'win32' })
  const answer = join(asked.stdout?.trim() ?? '', entry)
  if (asked.status === 0 && existsSync(answer)) return answer
  throw new SetupError('npm was not found beside Node; install npm and start again')
}

/**
 * The environment of a nested npm: `base` without what the outer npm left there for its own scripts.
 * @param {string} node the Node that runs it
 * @param {NodeJS.ProcessEnv} base
 */
export function npmEnvironment(node, base) {
  const inherited =
    /^(npm_config_(global|prefix|local_prefix|workspaces?.*)|npm_package_.*|npm_lifecycle_.*|INIT_CWD)$/i
  const env = Object.fromEntries(Object.entries(base).filter(([name]) => !inherited.test(name)))
  // a native build would otherwise take the headers of another Node
  const folder = process.platform === 'win32' ? dirname(node) : dirname(dirname(node))
  if (existsSync(join(folder, 'include', 'node'))) env.npm_config_nodedir = folder
  return env
}
