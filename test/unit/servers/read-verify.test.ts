import { describe, expect, test } from 'vitest'
import { readVerify } from '../../../src-main/servers/read-reply/read-verify.ts'
import { flat, parse, raw } from './support/encode-reply.ts'
import { fixtures } from './support/fixtures.ts'

const verdictOf = (source: string | Uint8Array) => {
  const reading = readVerify(parse(source), '5')
  return reading.understood ? [reading.value.verdict, reading.confidence] : ['not understood', reading.confidence]
}

describe('readVerify', () => {
  test.each<[string, string | Uint8Array, [string, string]]>([
    ['+OK', fixtures.ok, ['passed', 'certain']],
    ['true', '#t\r\n', ['passed', 'certain']],
    ['false', '#f\r\n', ['failed', 'certain']],
    ['1', ':1\r\n', ['passed', 'likely']],
    ['0, which may count errors', ':0\r\n', ['unknown', 'guess']],
    ['digit 1', raw('1'), ['passed', 'likely']],
    ['digit 0', raw('0'), ['unknown', 'guess']],
    ['null', fixtures.null3, ['not understood', 'guess']],
    ['an empty array', fixtures.emptyArray, ['unknown', 'guess']],
    ['a sentence', raw('Backup 5 is valid'), ['passed', 'likely']],
    ['a sentence that counts no errors', raw('12 files, 0 corrupted'), ['passed', 'likely']],
    ['no errors found', raw('No errors found'), ['passed', 'likely']],
    ['0 failed', raw('checked 10, 0 failed'), ['passed', 'likely']],
    ['corrupted: 0', raw('corrupted: 0, state: intact'), ['passed', 'likely']],
    ['10 corrupted', raw('10 corrupted'), ['failed', 'likely']],
    ['0 failed but some missing', raw('0 failed, 2 missing'), ['failed', 'likely']],
    ['not valid', raw('Backup 5 is not valid'), ['failed', 'likely']],
    ['unverified', raw('unverified'), ['failed', 'likely']],
    ['not yet verified', raw('not yet verified'), ['unknown', 'guess']],
    ['started', raw('verification started'), ['pending', 'likely']],
    ['started, then failed', raw('started, then failed'), ['failed', 'likely']],
    ['something else', raw('hello'), ['unknown', 'guess']],
    ['a desync', fixtures.pong, ['unknown', 'guess']],
    ['a map that says valid', raw({ id: 5, valid: true }), ['passed', 'likely']],
    ['a map that says 0 for valid', raw({ id: 5, valid: 0 }), ['failed', 'likely']],
    ['a map whose fields disagree', raw({ valid: true, corrupted: 2 }), ['failed', 'likely']],
    ['a map with a list of errors', raw({ status: 'ok', errors: ['x.sst'] }), ['failed', 'likely']],
    ['a map with an empty list of errors', raw({ status: 'ok', errors: [] }), ['passed', 'likely']],
    ['a map with nothing that speaks of it', raw({ id: 5, size: 7 }), ['unknown', 'guess']],
    ['a map that counts no errors, and says no more', raw({ id: 5, errors: 0 }), ['unknown', 'guess']],
    ['a map whose message tells harm', raw({ status: 'ok', message: 'checksum mismatch' }), ['failed', 'likely']],
    ['JSON', raw('{"id":5,"result":"passed"}'), ['passed', 'likely']],
    [
      'files that all passed',
      raw([
        ['a.sst', 'ok'],
        ['b.sst', 'ok'],
      ]),
      ['passed', 'likely'],
    ],
    [
      'files of which one failed',
      raw([
        ['a.sst', 'ok'],
        ['b.sst', 'corrupt'],
      ]),
      ['failed', 'likely'],
    ],
    ['files as texts', raw(['a.sst: ok', 'b.sst: ok']), ['passed', 'likely']],
    ['files of different shapes', raw(['a.sst: ok', ['b.sst', 'ok']]), ['unknown', 'guess']],
    [
      'files as maps',
      raw([
        { path: 'a', ok: true },
        { path: 'b', ok: false },
      ]),
      ['failed', 'likely'],
    ],
    ['an error that names damage', '-ERR checksum mismatch in 000012.sst\r\n', ['failed', 'certain']],
    ["our agent's error for damage", '-CORRUPT 000012.sst at 4096\r\n', ['failed', 'certain']],
    ['an error for no such backup', '-ERR backup 5 not found\r\n', ['absent', 'certain']],
    ['another error', '-ERR out of cheese\r\n', ['not understood', 'guess']],
  ])('takes %s as it must', (_, source, expected) => {
    expect(verdictOf(source)).toEqual(expected)
  })

  test.each([
    ['a map', raw({ id: 6, result: 'passed' })],
    ['flat pairs', raw(['id', 6, 'result', 'passed'])],
    ['a sentence', raw('Backup 6 is valid')],
  ])('notices that %s speaks of another backup, and takes no verdict from it', (_, source) => {
    expect(readVerify(parse(source), '5')).toEqual(
      expect.objectContaining({
        confidence: 'guess',
        warnings: ['The reply speaks of another backup than was asked for.'],
        value: expect.objectContaining({ verdict: 'unknown', namesOtherId: true }),
      }),
    )
  })

  const agents = {
    id: 5,
    level: 'deep',
    result: 'failed',
    bytes: 4096,
    files: 3,
    duration_us: 1200,
    problems: ['000012.sst: block at 0'],
  }
  test.each([
    ['RESP3', agents, 'map of the Lifeboat agent'],
    ['RESP2', flat(agents), 'flat pairs of the Lifeboat agent'],
  ])("reads our own agent's %s reply for certain, with its problems", (_, value, shape) => {
    expect(readVerify(parse(raw(value)), '5')).toEqual({
      understood: true,
      shape,
      confidence: 'certain',
      warnings: [],
      rawText: expect.any(String),
      value: {
        verdict: 'failed',
        namesOtherId: false,
        level: 'deep',
        bytes: 4096,
        fileCount: 3,
        durationUs: 1200,
        problems: ['000012.sst: block at 0'],
        fields: [
          { name: 'id', text: '5' },
          { name: 'level', text: 'deep' },
          { name: 'result', text: 'failed' },
          { name: 'bytes', text: '4096' },
          { name: 'files', text: '3' },
          { name: 'duration_us', text: '1200' },
          { name: 'problems', text: '1) 000012.sst: block at 0' },
        ],
      },
    })
  })
})
