import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { runChild } from './child.mjs'
import { findNpmCli, npmEnvironment } from './npm.mjs'
import { root } from './paths.mjs'
import { SetupError, say } from './say.mjs'

export const nodeMajor = 24
const project = join(root, 'tools', 'node')
const modules = join(project, 'node_modules')
const stampPath = join(modules, '.stamp')

function bundledNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  return join(modules, `node-${platform}-${process.arch}`, 'bin', file)
}

function wantedStamp() {
  return createHash('sha256')
    .update(readFileSync(join(project, 'package-lock.json')))
    .digest('hex')
}

/** The Node 24 that is ready without any work, or undefined. */
export function readyNode() {
  if (Number(process.versions.node.split('.')[0]) === nodeMajor) return process.execPath
  const ready = existsSync(stampPath) && readFileSync(stampPath, 'utf8') === wantedStamp()
  return ready ? bundledNode() : undefined
}

/**
 * The path of a Node 24: this process's own, or one installed into tools/node.
 * @param {(pid: number) => void} onChild
 */
export async function ensureNode(onChild) {
  const ready = readyNode()
  if (ready !== undefined) return ready
  if (process.platform === 'darwin') {
    throw new SetupError(
      `Lifeboat runs on Node ${nodeMajor}; this is Node ${process.versions.node}. Install Node ${nodeMajor} and start again.`,
    )
  }
  say(
    `Lifeboat runs on Node ${nodeMajor}; this is Node ${process.versions.node}: fetching its own copy into tools/node`,
  )
  // an offline machine would wait more than a minute for npm's default retries
  const args = [
    findNpmCli(),
    'ci',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--fetch-retries=1',
    '--ignore-scripts',
  ]
  const env = npmEnvironment(process.execPath, process.env)
  const install = await runChild(process.execPath, args, { cwd: project, env, stdoutToStderr: true, onStart: onChild })
  if (install.exitCode !== 0)
    throw new SetupError(`Node ${nodeMajor} could not be installed (npm ended with ${install.exitCode})`)
  // an optional package that failed to install is no error to npm: only the binary itself tells
  if (!existsSync(bundledNode())) {
    throw new SetupError(
      `Node ${nodeMajor} for ${process.platform} ${process.arch} could not be fetched. Connect to the network for the first start, or install Node ${nodeMajor}.`,
    )
  }
  const probe = await runChild(bundledNode(), ['-v'], { capture: true })
  if (probe.exitCode !== 0 || !probe.output.startsWith(`v${nodeMajor}.`)) {
    throw new SetupError(
      `the fetched Node ${nodeMajor} does not run here: ${probe.output.trim()}. Install Node ${nodeMajor} and start again.`,
    )
  }
  writeFileSync(stampPath, wantedStamp())
  return bundledNode()
}

/**
 * The environment of everything that runs on `node`: its folder and the project's programs come first on the path;
 * no colours unless a terminal shows them.
 * @param {string} node
 */
export function nodeEnvironment(node) {
  const env = { ...process.env }
  const pathName = Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH'
  const delimiter = process.platform === 'win32' ? ';' : ':'
  env[pathName] = [dirname(node), join(root, 'node_modules', '.bin'), env[pathName] ?? ''].join(delimiter)
  if (!process.stdout.isTTY) {
    env.NO_COLOR = '1'
    delete env.FORCE_COLOR
  }
  return env
}
