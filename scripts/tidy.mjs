// Rules of the house that no other tool checks. `node scripts/tidy.mjs`
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './setup/paths.mjs'
import { countsLines, isText, lineRules, linesMax, nameRules } from './tidy-rules.mjs'

/** not ours, not text, or broken on purpose for the tests of the checkers */
const skipped = new Set([
  '.git',
  '.cache',
  'node_modules',
  'out',
  'dist',
  'tools/node/node_modules',
  'test/fixtures',
  'test/layers',
])

/** @param {string} folder @param {string} [prefix] @returns {string[]} */
function listFiles(folder, prefix = '') {
  return readdirSync(join(folder, prefix), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${prefix}${entry.name}`
      if (skipped.has(path)) return []
      return entry.isDirectory() ? listFiles(folder, `${path}/`) : entry.isFile() ? [path] : []
    })
}

/** @param {string} line */
const isComment = (line) => /^\s*(?:\/\/|\/?\*|<!--)/.test(line)

/**
 * The problems of one file, as `path:line rule: what to do instead`.
 * @param {string} path from the project's folder, with forward slashes
 * @param {string} content
 * @returns {string[]}
 */
export function findTidyProblems(path, content) {
  const problems = nameRules
    .filter((rule) => rule.extension.test(path) && !rule.valid.test(basename(path)))
    .map((rule) => `${path}:1 ${rule.name}: ${rule.instead}`)
  const lines = content.split('\n')
  const lineCount = lines.at(-1) === '' ? lines.length - 1 : lines.length
  if (countsLines(path) && lineCount > linesMax) {
    problems.push(`${path}:${linesMax + 1} long-file: ${lineCount} lines, ${linesMax} at most: split it by subject`)
  }
  const rules = lineRules.filter((rule) => rule.applies(path))
  lines.forEach((line, index) => {
    for (const rule of rules) {
      if (rule.inComments !== true && isComment(line)) continue
      if (rule.pattern.test(line)) problems.push(`${path}:${index + 1} ${rule.name}: ${rule.instead}`)
    }
  })
  return problems
}

/** @param {string} folder */
export function tidyFolder(folder) {
  return listFiles(folder)
    .filter((path) => isText(path))
    .flatMap((path) => findTidyProblems(path, readFileSync(join(folder, path), 'utf8')))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = tidyFolder(root)
  for (const problem of problems) process.stdout.write(`${problem}\n`)
  process.exit(problems.length === 0 ? 0 : 1)
}
