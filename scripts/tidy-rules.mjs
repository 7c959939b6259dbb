/**
 * What `tidy` forbids, each with its replacement. `applies` sees the path from the project's folder with forward slashes.
 * @typedef {{ name: string, applies: (path: string) => boolean, pattern: RegExp, instead: string, inComments?: boolean }} LineRule
 */

const code = /\.(ts|svelte|css|html|mjs|cjs)$/
const text = /\.(ts|svelte|css|html|mjs|cjs|json|md|yml|yaml|svg|sh)$|(^|\/)\.ci\/run$/
export const linesMax = 400

/** @param {string} path */
const isTest = (path) => path.startsWith('test/') && !path.startsWith('test/support/')

/** @type {LineRule[]} */
export const lineRules = [
  {
    name: 'raw-colour',
    applies: (path) =>
      /^src-renderer\/.*\.(svelte|css|html)$/.test(path) && !path.startsWith('src-renderer/styles/tokens'),
    pattern:
      /(?<=[:\s,("'`])#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})(?![\w-])|\b(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch)\(/i,
    instead: 'use a colour token by its use, as var(--text-muted); tokens live in src-renderer/styles/tokens*.css',
  },
  {
    name: 'raw-colour',
    applies: (path) => /^src-renderer\/.*\.ts$/.test(path),
    pattern: /['"`]#(?:[0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})['"`]|['"`](?:rgba?|hsla?|oklch)\(/i,
    instead: 'read the colour from its token (getComputedStyle), so that both themes have it',
  },
  {
    name: 'sleep-in-test',
    // a benchmark makes load at a rate: there time has to pass
    applies: (path) => isTest(path) && !path.startsWith('test/bench/'),
    pattern: /\bsetTimeout\b|\bwaitForTimeout\b|timers\/promises|\bscheduler\.wait\b|\bAtomics\.wait\(/,
    instead: 'await the event itself, or poll the condition with a deadline (expect.poll, vi.waitFor)',
  },
  {
    name: 'todo-without-number',
    applies: (path) => code.test(path),
    pattern: /\b(?:TOD[O]|FIXM[E]|XX[X]|HAC[K])\b(?!\s*\(?#\d)/,
    instead: 'do it now, or write the number of its issue: TODO #12',
    inComments: true,
  },
  {
    name: 'machine-path',
    applies: (path) => text.test(path) && !path.endsWith('package-lock.json'),
    pattern: /(?<![\w.~-])\/(?:work|farm|home|root|Users)\/|registry\.npmjs|npmjs\.org|deb\.debian\.org/,
    instead: 'use a path from the project, or a neutral one such as /var/lib/graph; name no download host',
    inComments: true,
  },
  {
    name: 'focused-test',
    applies: isTest,
    pattern: /\.only\b\s*\(/,
    instead: 'name the file on the command line: npm test -- test/unit/x.test.ts',
  },
  {
    name: 'skip-without-reason',
    applies: isTest,
    pattern: /\b(?:test|it|describe|suite)\.(?:skip|skipIf|runIf|todo)\b|\.skip\(\s*\)/,
    instead: "skip inside the test with the reason as a sentence: context.skip('did not run: ...')",
  },
  {
    name: 'ambient-input',
    applies: (path) =>
      /^src-(main|renderer)\//.test(path) &&
      !/^src-(main\/(base|hosts)\/|renderer\/(base|host)\/|renderer\/stores\/clock\.)/.test(path),
    pattern: /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.env\b/,
    instead: 'take the clock, the random source or the setting as an argument; hosts pass the real ones',
  },
]

const kebab = '[a-z0-9]+(?:-[a-z0-9]+)*'

/** @type {{ name: string, extension: RegExp, valid: RegExp, instead: string }[]} */
export const nameRules = [
  {
    name: 'file-name',
    extension: /\.svelte$/,
    valid: /^[A-Z][A-Za-z0-9]*\.svelte$/,
    instead: 'name a component file in PascalCase: BackupList.svelte',
  },
  {
    name: 'file-name',
    extension: /\.(ts|css|mjs|cjs)$/,
    valid: new RegExp(`^\\.?${kebab}(?:\\.${kebab})*$`),
    instead: 'name the file in kebab-case: backup-list.ts, backup-list.svelte.ts',
  },
]

/** @param {string} path */
export const countsLines = (path) => code.test(path)
/** @param {string} path */
export const isText = (path) => text.test(path)
