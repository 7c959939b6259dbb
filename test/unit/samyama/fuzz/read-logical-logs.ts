import type { Damage } from '#base/damage.ts'
import { memorySource } from '#base/memory-source.ts'
import { encodeLogicalRecord } from '../../../../src-main/samyama/log/encode-record.ts'
import type { RecordForm } from '../../../../src-main/samyama/log/log-entry.ts'
import { recordChecksum } from '../../../../src-main/samyama/log/record-frame.ts'
import { walkLogicalLog } from '../../../../src-main/samyama/log/walk-logical-log.ts'
import { inPlaceMutations, type Mutation } from '../../../support/fuzz/mutations.ts'
import { pick } from '../../../support/fuzz/random.ts'
import type { Answer, Files, Input } from '../../../support/fuzz/target.ts'
import { exampleEntries } from '../log/example-records.ts'

const FORM_BIT = 0x8000_0000

export function logicalLogInputs(): Input[] {
  return (['xor', 'crc32'] as const).map((form) => {
    const records = [...exampleEntries, ...exampleEntries].map(({ entry }, index) => {
      return encodeLogicalRecord(entry, BigInt(index + 1), form)
    })
    return { name: form, files: new Map([[`${form}.log`, new Uint8Array(Buffer.concat(records))]]) }
  })
}

export function readLogicalLog(files: Files): Answer {
  const [name, bytes] = [...files][0]!
  const items: string[] = []
  const walk = walkLogicalLog(
    memorySource(name, bytes),
    { layout: 'any' },
    {
      record: ({ sequence, entry, properties }) => {
        items.push(JSON.stringify([sequence, entry, properties], plain))
      },
    },
  )
  const damages: Damage[] = [...walk.damages, ...(walk.tear === null ? [] : [walk.tear])]
  return { items, damages }
}

function plain(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}

/** A mutation behind the checksum of a record. */
export const logicalLogRepairs: readonly Mutation[] = [
  {
    name: 'logical record changed',
    kind: 'repairs',
    apply(bytes, random) {
      const copy = Buffer.from(bytes)
      const starts: number[] = []
      for (let at = 0; at < copy.length; at += 4 + (copy.readUInt32LE(at) % FORM_BIT)) starts.push(at)
      const start = pick(starts, random)
      const word = copy.readUInt32LE(start)
      const form: RecordForm = word >= FORM_BIT ? 'crc32' : 'xor'
      const body = copy.subarray(start + 4, start + 4 + (word % FORM_BIT) - 4)
      body.set(pick(inPlaceMutations, random).apply(body, random, bytes))
      copy.writeUInt32LE(recordChecksum(form, body), start + 4 + body.length)
      return new Uint8Array(copy)
    },
  },
]
