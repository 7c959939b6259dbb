import { join } from 'node:path'
import { runChild } from './setup/child.mjs'
import { ensureElectron } from './setup/electron.mjs'
import { nodeEnvironment } from './setup/node.mjs'
import { root } from './setup/paths.mjs'
import { say } from './setup/say.mjs'

/** a window that ends in failure this soon never came up: a missing library or the system's sandbox policy */
const startFailureMs = 5000

/**
 * Opens the desktop window; where there can be none, the same app in a browser.
 * @param {string} node
 * @param {string[]} args
 */
export async function startApp(node, args) {
  const env = nodeEnvironment(node)
  const electron = await ensureElectron(node)
  let reason = 'reason' in electron ? electron.reason : ''
  if ('path' in electron) {
    // Chromium refuses to run its sandbox as root, and says so only in its own words
    const rootFlags = process.getuid?.() === 0 ? ['--no-sandbox'] : []
    const startedAt = Date.now()
    const { exitCode } = await runChild(electron.path, [root, ...rootFlags, ...args], { env })
    const stopped = exitCode === 130 || exitCode === 143 || exitCode === 129
    if (exitCode === 0 || stopped || Date.now() - startedAt > startFailureMs) return exitCode
    reason = `the Electron program ended with ${exitCode} while starting`
  }
  say(`no desktop window here (${reason}); serving the same app to a browser`)
  return (await runChild(node, [join(root, 'out', 'main', 'cli.js'), 'serve', '--open', ...args], { env })).exitCode
}
