import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runChild } from './child.mjs'
import { rememberedFailure } from './remembered-failure.mjs'
import { say } from './say.mjs'

const timeoutMs = 180_000

/** @param {string} name */
function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, name)))
}

/**
 * Tests compare with what RocksDB's own tools write and read. On Debian, as root, they are installed for the tests;
 * elsewhere those tests say that they did not run.
 */
export async function ensureRocksdbTools() {
  if (onPath('ldb') || process.platform !== 'linux' || process.getuid?.() !== 0 || !onPath('apt-get')) return
  const failure = rememberedFailure('rocksdb-tools')
  if (failure.isFresh()) return
  say("installing Debian's rocksdb-tools for the tests")
  const options = { capture: true, timeoutMs, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  const install = () => runChild('apt-get', ['install', '-y', '--no-install-recommends', 'rocksdb-tools'], options)
  if ((await install()).exitCode === 0) return
  await runChild('apt-get', ['update'], options)
  if ((await install()).exitCode === 0) return
  failure.record()
  say('rocksdb-tools could not be installed; the tests that compare with RocksDB itself will not run')
}
