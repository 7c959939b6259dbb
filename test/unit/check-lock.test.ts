// Goal: the lock check is seen to fail. Method: small locks with one fault each.
import { expect, test } from 'vitest'
import { findLockProblems } from '../../scripts/check-lock.mjs'

const sound = { version: '1.0.0', integrity: 'sha512-x' }

test('a lock with every platform package, versions and integrity has no problem', () => {
  const packages = {
    '': { optionalDependencies: { fast: '1.0.0' } },
    'node_modules/tool': { ...sound, optionalDependencies: { 'tool-linux': '1.0.0', 'tool-win': '1.0.0' } },
    'node_modules/tool-linux': sound,
    'node_modules/tool/node_modules/tool-win': sound,
    'node_modules/fast': sound,
  }
  expect(findLockProblems({ packages })).toEqual([])
})

test('a missing platform package, version or integrity and a recorded address are each reported', () => {
  const packages = {
    '': {},
    'node_modules/tool': { ...sound, optionalDependencies: { 'tool-win': '1.0.0' } },
    'node_modules/other/node_modules/tool-win': sound,
    'node_modules/bare': {},
    'node_modules/fetched': { ...sound, resolved: 'https://example.com/fetched.tgz' },
  }
  expect(findLockProblems({ packages })).toEqual([
    'node_modules/tool wants tool-win, which has no entry: pin a version whose platform packages all exist',
    'node_modules/bare has no version: write the lock again with `node scripts/run.mjs npm install`',
    'node_modules/bare has no integrity: write the lock again with `node scripts/run.mjs npm install`',
    'node_modules/fetched records a download address: keep omit-lockfile-registry-resolved=true in .npmrc',
  ])
})
