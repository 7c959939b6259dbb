import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { runChild } from './child.mjs'
import { root } from './paths.mjs'
import { rememberedFailure } from './remembered-failure.mjs'
import { say } from './say.mjs'

const packageDir = join(root, 'node_modules', 'electron')
/** a machine without the download host fails within a second; a firewall that swallows packets takes its ten seconds */
const downloadTimeoutMs = 180_000

/** The Electron program that is on this machine, or undefined. The package itself is never loaded: that downloads. */
function findElectron() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  const pathFile = join(packageDir, 'path.txt')
  const names = { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }
  const byPlatform = /** @type {Record<string, string>} */ (names)[process.platform] ?? 'electron'
  const name = existsSync(pathFile) ? readFileSync(pathFile, 'utf8').trim() : byPlatform
  const path = join(override ?? join(packageDir, 'dist'), name)
  return (override !== undefined || existsSync(pathFile)) && existsSync(path) ? path : undefined
}

function hasDisplay() {
  if (process.platform !== 'linux') return true
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY)
}

/**
 * Electron for this machine, fetched once if need be; or the reason why there is no window, as a phrase.
 * @param {string} node
 * @returns {Promise<{ path: string } | { reason: string }>}
 */
export async function ensureElectron(node) {
  if (process.env.LIFEBOAT_SKIP_ELECTRON === '1') return { reason: 'LIFEBOAT_SKIP_ELECTRON is set' }
  if (!hasDisplay()) return { reason: 'this machine has no display' }
  const present = findElectron()
  if (present !== undefined) return { path: present }
  const failure = rememberedFailure('electron-download')
  const reason = 'the Electron program could not be downloaded'
  if (failure.isFresh()) return { reason }
  say('fetching the Electron program')
  const install = await runChild(node, [join(packageDir, 'install.js')], {
    capture: true,
    timeoutMs: downloadTimeoutMs,
  })
  const fetched = findElectron()
  if (install.exitCode === 0 && fetched !== undefined) return { path: fetched }
  failure.record()
  return { reason }
}
