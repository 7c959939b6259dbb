import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { runChild } from './child.mjs'
import { rememberedFailure } from './remembered-failure.mjs'
import { say } from './say.mjs'

const timeoutMs = 180_000

/** what tests compare with or speak to, and what is missing where it is missing */
const packages = [
  { name: 'rocksdb-tools', isThere: () => onPath('ldb'), without: 'tests that compare with RocksDB itself' },
  { name: 'redis-tools', isThere: () => onPath('redis-cli'), without: "tests with Redis' own clients" },
  { name: 'libatomic1', isThere: () => hasLibrary('libatomic.so.1'), without: 'tests with the RocksDB binding' },
]

/** @param {string} name */
function onPath(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => folder !== '' && existsSync(join(folder, name)))
}

/** @param {string} name */
function hasLibrary(name) {
  const folders = ['/usr/lib', '/lib', '/usr/lib64'].filter((folder) => existsSync(folder))
  return folders.some((folder) => {
    const inner = readdirSync(folder).filter((each) => each.endsWith('-linux-gnu'))
    return ['.', ...inner].some((each) => existsSync(join(folder, each, name)))
  })
}

/**
 * What the tests need beside npm's packages. On Debian, as root, it is installed for the tests; elsewhere those tests
 * say that they did not run.
 */
export async function ensureDebianPackages() {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !onPath('apt-get')) return
  const missing = packages.filter(({ isThere }) => !isThere())
  if (missing.length === 0) return
  const failure = rememberedFailure('debian-packages')
  if (failure.isFresh()) return
  const names = missing.map(({ name }) => name)
  say(`installing Debian's ${names.join(', ')} for the tests`)
  const options = { capture: true, timeoutMs, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  const install = () => runChild('apt-get', ['install', '-y', '--no-install-recommends', ...names], options)
  if ((await install()).exitCode === 0) return
  await runChild('apt-get', ['update'], options)
  if ((await install()).exitCode === 0) return
  failure.record()
  for (const { name, without } of missing) say(`${name} could not be installed; ${without} will not run`)
}
