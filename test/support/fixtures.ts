import { createHash } from 'node:crypto'
import {
  closeSync,
  cpSync,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
  truncateSync,
  writeSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { tempDir } from './temp-dir.ts'

const fixtures = join(import.meta.dirname, '..', 'fixtures', 'rocksdb')

/** A copy of a fixture directory that the running test may damage. */
export function copyFixture(name: 'backup_v1' | 'backup_v2_api' | 'db_two_cf_crashed'): string {
  const path = join(tempDir(), name)
  cpSync(join(fixtures, name), path, { recursive: true })
  return path
}

/** Turns all bits of one byte; a negative offset counts from the end. */
export function flipByte(path: string, offset: number): void {
  const descriptor = openSync(path, 'r+')
  try {
    const position = offset < 0 ? fstatSync(descriptor).size + offset : offset
    const byte = new Uint8Array(1)
    readSync(descriptor, byte, 0, 1, position)
    writeSync(descriptor, Uint8Array.of((byte[0] ?? 0) ^ 0xff), 0, 1, position)
  } finally {
    closeSync(descriptor)
  }
}

/** Cuts a file; a negative size cuts that many bytes off its end. */
export function cutFile(path: string, size: number): void {
  truncateSync(path, size < 0 ? lstatSync(path).size + size : size)
}

/** Everything below a folder: one line each with kind, size, time and content, so that any change shows. */
export function treeState(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      const { size, mtimeMs, mode } = lstatSync(path)
      const content = entry.isFile() ? contentDigest(path, size) : entry.isSymbolicLink() ? readlinkSync(path) : ''
      return `${relative(root, path)} ${mode.toString(8)} ${size} ${mtimeMs} ${content}`
    })
    .sort()
}

// of a sparse giant, size and time say enough
function contentDigest(path: string, size: number): string {
  if (size > 64 * 1024 * 1024) return 'large'
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

/** Names of the files in a folder and what is in them. */
export function filesIn(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]),
  )
}
