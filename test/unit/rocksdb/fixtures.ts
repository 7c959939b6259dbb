import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { ByteSource } from '#base/byte-source.ts'
import { memorySource } from '#base/memory-source.ts'

const FIXTURES = join(import.meta.dirname, '../../fixtures/rocksdb')

export function fixtureBytes(name: string): Uint8Array {
  return new Uint8Array(readFileSync(join(FIXTURES, name)))
}

export function fixtureSource(name: string): ByteSource {
  return memorySource(name, fixtureBytes(name))
}

/** Paths of all files below a fixture directory, relative to it, sorted. */
export function fixtureNames(directory: string): string[] {
  const root = join(FIXTURES, directory)
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort()
}

/** The sections of an expected_*.txt file by the name in their "== name (n bytes)" line. */
export function expectedSections(file: string): Map<string, string[]> {
  const sections = new Map<string, string[]>()
  let lines: string[] = []
  for (const line of readFileSync(join(FIXTURES, file), 'utf8').split('\n')) {
    const name = /^== (\S+) \(\d+ bytes\)$/.exec(line)?.[1]
    if (name !== undefined) {
      lines = []
      sections.set(name, lines)
    } else if (line !== '') lines.push(line)
  }
  return sections
}

export function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'))
}

export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

/** The problem of the damage that `read` throws; fails when it throws nothing or anything else. */
export function problemOf(read: () => unknown): string {
  try {
    read()
  } catch (error) {
    if (error instanceof Error && error.name === 'DamageError') return error.message
    throw error
  }
  throw new Error('nothing was thrown')
}

/** A small seeded generator (mulberry32): the same numbers on every machine. */
export function seededRandom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}
