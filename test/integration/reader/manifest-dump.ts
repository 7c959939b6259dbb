import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { openLocalFile } from '#base/local-file.ts'
import type { ColumnFamily, ManifestState } from '../../../src-main/rocksdb/manifest/manifest-state.ts'
import { readManifest, walkEdits } from '../../../src-main/rocksdb/manifest/read-manifest.ts'
import { runLdb } from '../../support/rocksdb-tools.ts'
import { editLines } from './edit-text.ts'
import { upperHex } from './rows.ts'

type Dump = { readonly edits: readonly string[]; readonly state: readonly string[] }

/** Left out: what ldb computes and no MANIFEST states (public ids, links, the next number after recovery). */
function dumpOf(text: string): Dump {
  const stateStart = text.indexOf('--------------- Column family')
  const edits = text
    .slice(0, stateStart)
    .split('\n')
    .filter((line) => line.startsWith('  ') || line.startsWith('VersionEdit'))
    .map((line) => line.trim().replace(/ public_unique_id: .*$/, ''))
  let level = ''
  const state = text
    .slice(stateStart)
    .split('\n')
    .flatMap((line) => {
      const header = /^--- level (\d+) ---/.exec(line)
      if (header !== null) {
        level = header[1] ?? ''
        return []
      }
      if (line.startsWith('--- blob files') || line === '' || line.startsWith('Processing')) return []
      const table =
        /^ (\d+:\d+\[\d+ \.\. \d+\])\['([0-9A-F]*)' seq:\d+, type:\d+ \.\. '([0-9A-F]*)' seq:\d+, type:\d+\](.*)$/.exec(
          line,
        )
      if (table !== null) return [`level ${level} ${table[1]} ${table[2]} .. ${table[3]}${table[4]}`]
      return [
        line
          .replace(/ linked_ssts: \{[\d ]*\}/, '')
          .replace(/^next_file_number \d+ /, '')
          .replace(/^(comparator: )<(.*)>.*/, '$1$2'),
      ]
    })
  return { edits, state }
}

function ourDump(path: string): { dump: Dump; manifest: ManifestState } {
  const source = openLocalFile(path, path)
  const edits: string[] = []
  let maxFamilyId = 0
  walkEdits(source, (edit) => {
    for (const field of edit) {
      if (field.kind === 'max-column-family') maxFamilyId = Math.max(maxFamilyId, field.id)
      if (field.kind === 'column-family') maxFamilyId = Math.max(maxFamilyId, field.id)
    }
    edits.push(...editLines(edit))
  })
  const manifest = readManifest(source)
  source.close()
  const { lastSequence, minLogNumberToKeep, damages, isTorn } = manifest
  expect({ damages, isTorn }).toEqual({ damages: [], isTorn: false })
  const end = `last_sequence ${lastSequence}  prev_log_number 0 max_column_family ${maxFamilyId} min_log_number_to_keep ${minLogNumberToKeep}`
  return { dump: { edits, state: [...manifest.columnFamilies.flatMap(familyLines), end] }, manifest }
}

function familyLines(family: ColumnFamily): string[] {
  const tables = family.files.map((file) => {
    const { level, fileNumber, sizeBytes, smallestSequence, largestSequence, oldestBlobFileNumber } = file
    const blob = oldestBlobFileNumber === null ? '' : ` blob_file:${oldestBlobFileNumber}`
    const keys = `${upperHex(file.smallestKey)} .. ${upperHex(file.largestKey)}`
    return `level ${level} ${fileNumber}:${sizeBytes}[${smallestSequence} .. ${largestSequence}] ${keys}${blob}`
  })
  const blobFiles = family.blobFiles.map(
    (file) =>
      `blob_file_number: ${file.fileNumber} total_blob_count: ${file.blobCount} total_blob_bytes: ${file.totalBytes} ` +
      `checksum_method: ${file.checksumMethod} checksum_value: ${upperHex(file.checksumValue)} ` +
      `garbage_blob_count: ${file.garbageCount} garbage_blob_bytes: ${file.garbageBytes}`,
  )
  const title = `--------------- Column family "${family.name}"  (ID ${family.id}) --------------`
  return [title, `log number: ${family.logNumber}`, `comparator: ${family.comparator}`, ...tables, ...blobFiles]
}

/** Compares every MANIFEST of the directory; returns what the last one says. */
export async function expectAsManifestDump(
  path: string,
): Promise<{ readonly manifest: ManifestState; readonly edits: readonly string[] }> {
  const names = readdirSync(path).filter((candidate) => candidate.startsWith('MANIFEST-'))
  const last = names.at(-1)
  if (last === undefined) throw new Error(`${path} has no MANIFEST`)
  for (const name of names) {
    const manifestPath = join(path, name)
    const text = await runLdb([`--db=${path}`, '--hex', 'manifest_dump', '--verbose', `--path=${manifestPath}`])
    const { dump } = ourDump(manifestPath)
    const expected = dumpOf(text)
    expect(dump.edits.join('\n')).toBe(expected.edits.join('\n'))
    expect(dump.state.join('\n')).toBe(expected.state.join('\n'))
  }
  const { manifest, dump } = ourDump(join(path, last))
  return { manifest, edits: dump.edits }
}
