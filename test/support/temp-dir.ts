import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A fresh folder for the running test, removed when the test ends however it ends. */
export function tempDir(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'lifeboat-test-')))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}
