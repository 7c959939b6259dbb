// Checks the lock files: complete for every platform, verifiable, and without download addresses.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './setup/paths.mjs'

/**
 * @typedef {{
 *   version?: string, integrity?: string, resolved?: string, link?: boolean, inBundle?: boolean,
 *   optionalDependencies?: Record<string, string>,
 * }} LockEntry
 */

/**
 * The lock's own entry for `name` as Node would find it from the package at `from`.
 * @param {Record<string, LockEntry>} packages
 * @param {string} from
 * @param {string} name
 */
function hasEntry(packages, from, name) {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages) return true
    if (folder === '') return false
  }
}

/**
 * One sentence per problem of a version 3 lock. A platform package that is missing lets `npm install` pass and
 * breaks `npm ci` on another machine.
 * @param {{ packages: Record<string, LockEntry> }} lock
 * @returns {string[]}
 */
export function findLockProblems(lock) {
  /** @type {string[]} */
  const problems = []
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const name of Object.keys(entry.optionalDependencies ?? {})) {
      if (!hasEntry(lock.packages, path, name)) {
        problems.push(
          `${path || 'the project'} wants ${name}, which has no entry: pin a version whose platform packages all exist`,
        )
      }
    }
    if (path === '' || entry.link || entry.inBundle) continue
    if (entry.version === undefined)
      problems.push(`${path} has no version: write the lock again with \`node scripts/run.mjs npm install\``)
    if (entry.integrity === undefined)
      problems.push(`${path} has no integrity: write the lock again with \`node scripts/run.mjs npm install\``)
    if (entry.resolved !== undefined)
      problems.push(`${path} records a download address: keep omit-lockfile-registry-resolved=true in .npmrc`)
  }
  return problems
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = ['package-lock.json', 'tools/node/package-lock.json'].flatMap((file) =>
    findLockProblems(JSON.parse(readFileSync(join(root, file), 'utf8'))).map((problem) => `${file}: ${problem}`),
  )
  for (const problem of problems) process.stdout.write(`${problem}\n`)
  process.exit(problems.length === 0 ? 0 : 1)
}
