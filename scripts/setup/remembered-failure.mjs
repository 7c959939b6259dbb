import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheDir } from './paths.mjs'

const memoryMs = 24 * 60 * 60 * 1000

/**
 * Remembers for a day that something could not be had from the network, so that the next start does not wait for it.
 * @param {string} name
 */
export function rememberedFailure(name) {
  const path = join(cacheDir, `${name}.failed`)
  return {
    isFresh() {
      try {
        return Date.now() - Number(readFileSync(path, 'utf8')) < memoryMs
      } catch {
        return false
      }
    },
    record() {
      mkdirSync(cacheDir, { recursive: true })
      writeFileSync(path, String(Date.now()))
    },
    forget: () => rmSync(path, { force: true }),
  }
}
