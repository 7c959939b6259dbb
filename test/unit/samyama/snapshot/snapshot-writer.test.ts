import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { PropertyEntry, PropertyValue } from '../../../../src-main/samyama/property-value.ts'
import type { SnapshotRecord } from '../../../../src-main/samyama/snapshot/snapshot-record.ts'
import { SnapshotWriter } from '../../../../src-main/samyama/snapshot/snapshot-writer.ts'
import { exampleHeader, readItems, writeSnapshot } from './snapshot-support.ts'

function nodeWith(properties: PropertyEntry[]): SnapshotRecord {
  return { type: 'node', id: 1n, labels: ['A'], properties, createdAtMs: 0, updatedAtMs: 0 }
}

function linesOf(bytes: Uint8Array): string[] {
  return gunzipSync(bytes).toString('utf8').trimEnd().split('\n')
}

/** The JSON that a value is written as, what was dropped, and the value it is read back as. */
async function through(value: PropertyValue) {
  const { bytes, dropped } = await writeSnapshot([nodeWith([{ name: 'a', value }])])
  const line = linesOf(bytes)[1] ?? ''
  const node = (await readItems(bytes)).find((item) => item.type === 'node')
  return {
    json: line.slice('{"t":"n","id":1,"labels":["A"],"props":{"a":'.length, -2),
    dropped: dropped.map(({ what, count }) => `${what} ${count}`),
    value: node?.properties[0]?.value,
  }
}

describe('values', () => {
  test.each<[PropertyValue, string]>([
    [{ type: 'string', value: 'Ann "A"\n\u{1F600}' }, '"Ann \\"A\\"\\n\u{1F600}"'],
    [{ type: 'integer', value: 2n }, '2'],
    [{ type: 'integer', value: 2n ** 63n - 1n }, '9223372036854775807'],
    [{ type: 'integer', value: -(2n ** 63n) }, '-9223372036854775808'],
    [{ type: 'integer', value: 9_007_199_254_740_993n }, '9007199254740993'],
    [{ type: 'float', value: 2 }, '2.0'],
    [{ type: 'float', value: -0 }, '-0.0'],
    [{ type: 'float', value: 0.1 }, '0.1'],
    [{ type: 'float', value: 1e21 }, '1e+21'],
    [{ type: 'float', value: 1e20 }, '100000000000000000000.0'],
    [{ type: 'float', value: 5e-324 }, '5e-324'],
    [{ type: 'boolean', value: true }, 'true'],
    [{ type: 'null' }, 'null'],
    [{ type: 'array', items: [{ type: 'integer', value: 1n }, { type: 'null' }] }, '[1,null]'],
    [{ type: 'map', entries: [{ name: 'k', value: { type: 'float', value: 1 } }] }, '{"k":1.0}'],
    [{ type: 'map', entries: [{ name: '__proto__', value: { type: 'null' } }] }, '{"__proto__":null}'],
    [{ type: 'map', entries: [{ name: '__type', value: { type: 'integer', value: 1n } }] }, '{"__type":1}'],
    [{ type: 'vector', values: new Float32Array([0.5, -1]) }, '{"__type":"Vector","value":[0.5,-1.0]}'],
    [{ type: 'dateTime', milliseconds: 1_700_000_000_000n }, '{"__type":"DateTime","value":1700000000000}'],
    [{ type: 'date', days: -1 }, '{"__type":"Date","days":-1}'],
    [{ type: 'localTime', nanoseconds: 1n }, '{"__type":"LocalTime","nanos":1}'],
    [{ type: 'time', nanoseconds: 1n, offsetSeconds: -5400 }, '{"__type":"Time","nanos":1,"offset":-5400}'],
    [{ type: 'localDateTime', seconds: 2n, nanoseconds: 3 }, '{"__type":"LocalDateTime","secs":2,"nanos":3}'],
    [
      { type: 'zonedDateTime', seconds: 2n, nanoseconds: 3, offsetSeconds: 0, zone: 'Europe/Stockholm' },
      '{"__type":"ZonedDateTime","secs":2,"nanos":3,"offset":0,"zone":"Europe/Stockholm"}',
    ],
    [
      { type: 'zonedDateTime', seconds: 2n, nanoseconds: 3, offsetSeconds: 3600, zone: null },
      '{"__type":"ZonedDateTime","secs":2,"nanos":3,"offset":3600,"zone":null}',
    ],
    [
      { type: 'duration', months: 1n, days: 2n, seconds: 3n, nanoseconds: 4 },
      '{"__type":"Duration","months":1,"days":2,"seconds":3,"nanos":4}',
    ],
  ])('%o is written as the engine writes it and read back equal', async (value, json) => {
    expect(await through(value)).toEqual({ json, dropped: [], value })
  })

  test.each<[string, PropertyValue, string, string, PropertyValue]>([
    ['NaN', { type: 'float', value: Number.NaN }, 'null', 'non_finite_numbers 1', { type: 'null' }],
    ['infinity', { type: 'float', value: -1 / 0 }, 'null', 'non_finite_numbers 1', { type: 'null' }],
    [
      'NaN in a vector',
      { type: 'vector', values: new Float32Array([Number.NaN, 1]) },
      '{"__type":"Vector","value":[null,1.0]}',
      'non_finite_numbers 1',
      { type: 'vector', values: new Float32Array([Number.NaN, 1]) },
    ],
    [
      'a space at the end',
      { type: 'string', value: 'a ' },
      '"a "',
      'surrounding_white_space 1',
      { type: 'string', value: 'a ' },
    ],
    [
      'a no-break space at the start',
      { type: 'string', value: '\u00a0a' },
      '"\u00a0a"',
      'surrounding_white_space 1',
      { type: 'string', value: '\u00a0a' },
    ],
    [
      'a map like a tagged value',
      {
        type: 'map',
        entries: [
          { name: '__type', value: { type: 'string', value: 'Date' } },
          { name: 'days', value: { type: 'integer', value: 3n } },
        ],
      },
      '{"__type":"Date","days":3}',
      'type_tag_maps 1',
      { type: 'date', days: 3 },
    ],
    [
      'a name stored twice',
      {
        type: 'map',
        entries: [
          { name: 'k', value: { type: 'integer', value: 1n } },
          { name: 'k', value: { type: 'integer', value: 2n } },
        ],
      },
      '{"k":2}',
      'repeated_property_names 1',
      { type: 'map', entries: [{ name: 'k', value: { type: 'integer', value: 2n } }] },
    ],
  ])('%s is reported as something an import loses', async (_name, value, json, loss, back) => {
    expect(await through(value)).toEqual({ json, dropped: [loss], value: back })
  })

  test('a tag that is unknown, or has other fields than its own, is read as the map it is', async () => {
    const tagged = (tag: string, name: string, value: PropertyValue): PropertyValue => ({
      type: 'map',
      entries: [
        { name: '__type', value: { type: 'string', value: tag } },
        { name, value },
      ],
    })
    for (const value of [
      tagged('Point', 'x', { type: 'float', value: 1 }),
      tagged('constructor', 'x', { type: 'null' }),
      tagged('Date', 'days', { type: 'integer', value: 2n ** 31n }),
      tagged('Date', 'value', { type: 'integer', value: 1n }),
      tagged('DateTime', 'value', { type: 'float', value: 1 }),
      tagged('Vector', 'value', { type: 'array', items: [{ type: 'string', value: 'a' }] }),
      tagged('Duration', 'months', { type: 'integer', value: 1n }),
    ]) {
      expect((await through(value)).value).toEqual(value)
    }
  })
})

describe('the file', () => {
  const map: PropertyEntry[] = [{ name: 't', value: { type: 'string', value: 'n' } }]
  const other: SnapshotRecord = { type: 'other', kind: 'i', text: '{"t":"i","definitions":[]}' }
  const edge: SnapshotRecord = {
    type: 'edge',
    id: 7n,
    source: 1n,
    target: 1n,
    edgeType: 'KNOWS',
    properties: [{ name: 'm', value: { type: 'map', entries: map } }],
    createdAtMs: 5,
  }
  const node: SnapshotRecord = {
    type: 'node',
    id: 2n ** 64n - 1n,
    labels: ['A', 'B'],
    properties: map,
    createdAtMs: 1_700_000_000_000,
    updatedAtMs: 0,
  }

  test('is compact JSON with t first, and no property forges the kind of its line', async () => {
    const { bytes, dropped } = await writeSnapshot([other, node, edge])
    expect(linesOf(bytes)).toEqual([
      '{"format":"sgsnap","version":2,"tenant":"default","node_count":1,"edge_count":1,"labels":["Person"],"edge_types":["KNOWS"],"created_at":"2026-10-05T12:00:00+00:00","samyama_version":"1.11.0","dropped":[]}',
      '{"t":"i","definitions":[]}',
      '{"t":"n","id":18446744073709551615,"labels":["A","B"],"props":{"\\u0074":"n"},"created_at":1700000000000}',
      '{"t":"e","id":7,"src":1,"tgt":1,"type":"KNOWS","props":{"m":{"\\u0074":"n"}}}',
    ])
    expect(dropped).toEqual([
      {
        what: 'edge_creation_timestamps',
        count: 1,
        detail: 'Edges carry no creation time: they come back without one.',
      },
    ])
  })

  test('is the same for the same records', async () => {
    const records = [other, node, edge]
    expect((await writeSnapshot(records)).bytes).toEqual((await writeSnapshot(records)).bytes)
  })

  test('carries what its header says was dropped, and the query catalogue', async () => {
    const dropped = [{ what: 'non_finite_numbers', count: 2, detail: 'Gone.' }]
    const header = { ...exampleHeader, dropped, queries: { file: 'q.json', sha256: 'ab' } }
    expect((await readItems((await writeSnapshot([], header)).bytes))[0]).toEqual({ type: 'header', header })
  })

  test('counts that are wrong, an edge before a node and a record of two lines are bugs of the caller', async () => {
    await expect(writeSnapshot([node], exampleHeader)).rejects.toThrow('the header counts the nodes that were added')
    await expect(writeSnapshot([edge], exampleHeader)).rejects.toThrow('the header counts the edges that were added')
    await expect(writeSnapshot([edge, node])).rejects.toThrow('nodes come before edges')
    await expect(writeSnapshot([{ ...other, text: '{}\n{}' }])).rejects.toThrow('a record is one line')
  })

  test('a sink that fails makes the writer fail', async () => {
    const writer = new SnapshotWriter(exampleHeader, () => {
      throw new Error('no space left')
    })
    await expect(writer.finish()).rejects.toThrow('no space left')
    writer.abort()
  })
})
