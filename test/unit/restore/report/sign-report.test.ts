// Goal: a report that was signed can be told from one in which anything was changed, and the key of a machine is made once, whole or not
// at all. Method: every field of a report is changed; a file layer whose nth call fails.
import { generateKeyPairSync } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RecoveryReport } from '#contract'
import { canonicalJson } from '../../../../src-main/restore/report/canonical-json.ts'
import { reportKey } from '../../../../src-main/restore/report/report-key.ts'
import { publicKeyOf, signReport, verifySignedReport } from '../../../../src-main/restore/report/sign-report.ts'
import { layerCalls, systemError, watchedLayer } from '../../../support/faulty-layer.ts'
import { tempDir } from '../../../support/temp-dir.ts'

const report: RecoveryReport = {
  formatVersion: 1,
  plan: {
    formatVersion: 1,
    repositoryId: '7b3f',
    repositoryPath: '/srv/repository',
    madeAtUs: 1,
    target: { kind: 'sequence', sequence: 12 },
    timeline: '1',
    effective: { sequence: 12, lastKept: null, firstDropped: null, proof: 'Nothing is missing.' },
    base: { backupId: 3, lastSequence: 10, createdAtUs: 5, fileCount: 4, totalBytes: 99, metaDigest: 'ab' },
    passedOver: [{ backupId: 4, reason: 'It is behind the point.' }],
    segments: [{ path: 'wal/1/x.wal', firstSequence: 1, lastSequence: 20, sizeBytes: 7, crc32c: 8 }],
    tail: { commitCount: 2, sizeBytes: 30 },
    loss: {
      commitCount: 0,
      putCount: 0,
      deleteCount: 0,
      firstCommittedAtUs: null,
      lastCommittedAtUs: null,
      lastSequence: null,
    },
    neededBytes: 100,
    expectedDurationUs: null,
    expectation: 'Nothing was measured.',
    warnings: ['a "quoted" word, ü, \u2028'],
    factsDigest: 'cd',
  },
  targetPath: '/srv/recovered',
  startedAtUs: 10,
  finishedAtUs: 20,
  phases: [{ name: 'Copying', durationUs: 4, bytes: 99 }],
  fileCount: 5,
  provedFileCount: 5,
  resumedFileCount: 0,
  writtenBytes: 129,
  appliedCommitCount: 2,
  proof: {
    level: 'full',
    isEqual: true,
    lastSequence: 12,
    families: [{ name: 'default', expectedCount: 2, foundCount: 2 }],
    labels: [],
    comparedKeyCount: 2,
    differences: [],
  },
}

/** The report with one thing in it changed, for every thing in it. */
function* changed(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    yield [...value, 'more']
    for (const [index, each] of value.entries()) for (const other of changed(each)) yield value.with(index, other)
  } else if (typeof value === 'object' && value !== null) {
    yield { ...value, added: 1 }
    for (const [name, field] of Object.entries(value)) {
      const { [name]: _removed, ...rest } = value as Record<string, unknown>
      yield rest
      for (const other of changed(field)) yield { ...value, [name]: other }
    }
  } else if (typeof value === 'number') yield value + 1
  else if (typeof value === 'boolean') yield !value
  else yield `${value}.`
}

test('a signed report is verified, also when it was stored and its fields lie in another order', () => {
  const signed = signReport(report, reportKey(tempDir()))
  expect(signed).toMatchObject({ report, algorithm: 'ed25519' })
  expect(verifySignedReport(signed)).toBe(true)
  const reversed = Object.fromEntries(Object.entries(report).reverse()) as RecoveryReport
  expect(verifySignedReport(JSON.parse(JSON.stringify({ ...signed, report: reversed })))).toBe(true)
})

test('a report in which anything was changed, added or left out is not', () => {
  const signed = signReport(report, reportKey(tempDir()))
  let count = 0
  for (const other of changed(report)) {
    count += 1
    expect(verifySignedReport({ ...signed, report: other as RecoveryReport }), JSON.stringify(other)).toBe(false)
  }
  expect(count).toBeGreaterThan(140)
})

test('a signature of another key, of another kind of key, and one that is none are not verified', () => {
  const signed = signReport(report, reportKey(tempDir()))
  const others = [
    { ...signed, publicKey: publicKeyOf(reportKey(tempDir())) },
    { ...signed, signature: signReport(report, reportKey(tempDir())).signature },
    { ...signed, signature: '' },
    { ...signed, publicKey: 'no key' },
    { ...signed, publicKey: publicKeyOf(generateKeyPairSync('rsa', { modulusLength: 2048 })) },
  ]
  expect(others.map(verifySignedReport)).toEqual([false, false, false, false, false])
})

test('canonical JSON is one text for one value', () => {
  expect(canonicalJson({ b: [1, 'x', null], a: { d: true, c: 1.5, e: undefined }, é: '"' })).toBe(
    '{"a":{"c":1.5,"d":true},"b":[1,"x",null],"é":"\\""}',
  )
})

test('the key is made once, for its owner alone, and stays', () => {
  const folder = tempDir()
  const first = publicKeyOf(reportKey(folder))
  const before = readFileSync(join(folder, 'report-key.pem'), 'utf8')
  expect(publicKeyOf(reportKey(folder))).toBe(first)
  expect(readFileSync(join(folder, 'report-key.pem'), 'utf8')).toBe(before)
  if (process.platform !== 'win32') expect(statSync(join(folder, 'report-key.pem')).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['report-key.pem'])
})

test('a key that cannot be read is never replaced', () => {
  const folder = tempDir()
  writeFileSync(join(folder, 'report-key.pem'), 'damaged')
  expect(() => reportKey(folder)).toThrow(/cannot be read/)
  expect(readFileSync(join(folder, 'report-key.pem'), 'utf8')).toBe('damaged')
})

test.each(layerCalls)('a disk that fails at any call of %s leaves no key, or a whole one', (failing) => {
  for (let nth = 1; ; nth += 1) {
    const folder = tempDir()
    let hasFailed = false
    const layer = watchedLayer((call, _args, count) => {
      if (call !== failing || count !== nth) return
      hasFailed = true
      throw systemError('EIO')
    })
    try {
      reportKey(folder, layer)
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'IO_FAILED' })
    }
    const key = publicKeyOf(reportKey(folder))
    expect(publicKeyOf(reportKey(folder))).toBe(key)
    if (!hasFailed) break
  }
})
