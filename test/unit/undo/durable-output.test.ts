// Goal: an export is there whole or not at all, and nothing is written over. Method: every call of the file layer fails in turn.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nodeFileLayer } from '../../../src-main/base/file-layer.ts'
import { DurableOutput } from '../../../src-main/undo/export/durable-output.ts'
import { systemError, watchedLayer } from '../../support/faulty-layer.ts'
import { tempDir } from '../../support/temp-dir.ts'

test('what was written is there when it is finished, and under no name before', () => {
  const folder = tempDir()
  const path = join(folder, 'lost.jsonl')
  const output = new DurableOutput(path, nodeFileLayer)
  output.writeText('a'.repeat(300_000))
  output.writeText('b')
  expect(existsSync(path)).toBe(false)
  output.finish()
  expect(readFileSync(path, 'utf8')).toBe(`${'a'.repeat(300_000)}b`)
  expect(output.writtenBytes).toBe(300_001)
  expect(readdirSync(folder)).toEqual(['lost.jsonl'])
})

test('a file that is there already, or appears meanwhile, is left alone', () => {
  const path = join(tempDir(), 'lost.jsonl')
  const output = new DurableOutput(path, nodeFileLayer)
  expect(() => new DurableOutput(path, nodeFileLayer)).toThrow(expect.objectContaining({ code: 'TARGET_BUSY' }))
  output.writeText('mine')
  writeFileSync(path, 'theirs')
  expect(() => output.finish()).toThrow(expect.objectContaining({ code: 'TARGET_NOT_EMPTY' }))
  output.abort()
  expect(() => new DurableOutput(path, nodeFileLayer)).toThrow(expect.objectContaining({ code: 'TARGET_NOT_EMPTY' }))
  expect(readFileSync(path, 'utf8')).toBe('theirs')
})

test('a failure at any call leaves no half file', () => {
  let callCount = 0
  const write = (folder: string, failAt: number): void => {
    let count = 0
    const layer = watchedLayer((call) => {
      if (call === 'removeFile') return
      count += 1
      if (failAt === 0) callCount = count
      if (count === failAt) throw systemError('ENOSPC')
    })
    const output = new DurableOutput(join(folder, 'x.jsonl'), layer)
    try {
      output.writeText('x'.repeat(600_000))
      output.finish()
    } catch (error) {
      output.abort()
      throw error
    }
  }
  write(tempDir(), 0)
  for (let failAt = 1; failAt <= callCount; failAt += 1) {
    const folder = tempDir()
    expect(() => write(folder, failAt), `call ${failAt}`).toThrow(expect.objectContaining({ code: 'DISK_FULL' }))
    const path = join(folder, 'x.jsonl')
    // only the sync of the folder comes behind the rename
    if (existsSync(path)) expect(readFileSync(path).byteLength, `call ${failAt}`).toBe(600_000)
    expect(readdirSync(folder).filter((name) => name !== 'x.jsonl')).toEqual([])
  }
})
