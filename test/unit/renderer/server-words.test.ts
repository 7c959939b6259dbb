import { describe, expect, test } from 'vitest'
import type { ErrorInfo, Job, JobResult } from '#contract'
import { demoStepOf } from '../../../src-renderer/places/home/demo-steps.ts'
import {
  addressOf,
  backupStateWords,
  labelText,
  lagWords,
  sequenceWords,
  serversSummary,
  serverVerdict,
} from '../../../src-renderer/places/parts/server-words.ts'
import { jobStateWords, resultWords } from '../../../src-renderer/places/parts/words.ts'
import { orderOf, troubleField, troubleTitle } from '../../../src-renderer/places/server/new-server-form.ts'
import { outcomeWords } from '../../../src-renderer/places/server/outcome-words.ts'
import { server, serverBackup, serverStatus } from './server-facts.ts'

const error: ErrorInfo = {
  code: 'SERVER_UNREACHABLE',
  message: 'nobody there',
  subject: null,
  unharmed: null,
  nextStep: null,
  details: null,
}
const said = (change: Parameters<typeof server>[0]) => {
  const { tone, text } = serverVerdict(server(change))
  return [tone, text]
}

describe('how a server stands', () => {
  test('is good only while it answers, has backups and archives what is committed', () => {
    expect([
      said({}),
      said({ state: 'unreachable', error }),
      said({ state: 'refused', error }),
      said({ state: 'without-backup' }),
      said({ state: 'connecting' }),
      said({ backupCount: 0 }),
      said({ backupCount: 0, isDemo: true }),
      said({ error }),
      said({ status: serverStatus({ archiveLagUs: 2_000_000_000 }) }),
    ]).toEqual([
      ['good', 'Ready'],
      ['bad', 'Unreachable'],
      ['warn', 'Wants a password'],
      ['warn', 'Has no backups to ask for'],
      ['quiet', 'Being asked'],
      ['bad', 'No backups'],
      ['quiet', 'Being made'],
      ['warn', 'Not all understood'],
      ['bad', 'Archive behind'],
    ])
  })

  test('is counted on the first page', () => {
    expect(serversSummary([server(), server({ state: 'unreachable' })])).toBe('1 of 2 servers are ready.')
    expect(serversSummary([server()])).toBe('1 of 1 server is ready.')
  })

  test('has an archive that is behind by a time, or says nothing of it', () => {
    const lag = (archiveLagUs: number | null) => lagWords(serverStatus({ archiveLagUs }))
    expect([lag(null), lag(0), lag(60_000_000), lag(60_000_001), lag(900_000_001)]).toEqual([
      null,
      { tone: 'good', text: 'nothing behind' },
      { tone: 'good', text: '1 m behind' },
      { tone: 'warn', text: '1 m behind' },
      { tone: 'bad', text: '15 m behind' },
    ])
  })
})

describe('a backup of a server', () => {
  test('has the label that was given, without what Lifeboat adds to it', () => {
    expect(
      [null, '', 'noon', 'noon [879735345ca8]', '[879735345ca8]', 'noon [sharp]', 'a [879735345ca8] b'].map(labelText),
    ).toEqual(['', '', 'noon', 'noon', '', 'noon [sharp]', 'a [879735345ca8] b'])
  })

  test('has the state that the server says; what nobody knows is neither good nor bad', () => {
    const words = (state: string | null, isCertain = true) => backupStateWords(serverBackup({ state, isCertain }))
    expect([words('ok'), words('damaged'), words('creating'), words(null), words('ok', false)]).toEqual([
      { tone: 'quiet', text: 'ok' },
      { tone: 'bad', text: 'damaged' },
      { tone: 'info', text: 'creating' },
      { tone: 'quiet', text: 'not said' },
      { tone: 'warn', text: 'Not understood' },
    ])
  })

  test('has a range of sequences; a full one all up to its last', () => {
    const words = (firstSequence: number | null, lastSequence: number | null, baseId: string | null = null) =>
      sequenceWords(serverBackup({ firstSequence, lastSequence, baseId }))
    expect([words(5, 9), words(10, 9), words(null, 9), words(5, null), words(null, null), words(10, 9, '1')]).toEqual([
      '5 – 9',
      'up to 9',
      'up to 9',
      'from 5',
      '',
      'nothing new',
    ])
  })
})

test('an address has brackets around IPv6', () => {
  expect([addressOf({ host: 'a.example', port: 1 }), addressOf({ host: '::1', port: 2 })]).toEqual([
    'a.example:1',
    '[::1]:2',
  ])
})

describe('what came of a job on a server', () => {
  const job = (result: JobResult | null, state: Job['state'] = 'succeeded'): Job => ({
    ...{ jobId: 1, kind: 'server-backup', title: 'work', sourceId: null, backupId: null, state, progress: null },
    ...{ createdAtUs: 1, startedAtUs: 1, finishedAtUs: 2, activeUs: 1, error: null, result, isResumable: false },
  })
  const backup = (outcome: 'created' | 'failed' | 'unknown') =>
    job({ kind: 'server-backup', serverId: 1, id: outcome === 'unknown' ? null : '7', outcome, warnings: [] })
  const verify = (outcome: 'passed' | 'failed' | 'not-understood') =>
    job({ kind: 'server-verify', serverId: 1, id: '7', outcome, problems: [], warnings: [], rawReply: null })

  test('is one of three things, and only what was understood is good', () => {
    const jobs = [
      backup('created'),
      backup('failed'),
      backup('unknown'),
      verify('passed'),
      verify('failed'),
      verify('not-understood'),
    ]
    expect(jobs.map((each) => [outcomeWords(each).tone, jobStateWords(each).text, resultWords(each)])).toEqual([
      ['good', 'Done', 'backup made: 7'],
      ['bad', 'Unusable', 'backup unusable: 7'],
      ['warn', 'Outcome unknown', 'the reply was lost, the list of the server will tell'],
      ['good', 'Passed', 'no problems'],
      ['bad', 'Found problems', 'problems found'],
      ['warn', 'No verdict', 'no verdict, which proves nothing'],
    ])
  })

  test('is never good when it was not waited for', () => {
    expect(outcomeWords({ ...backup('created'), state: 'stopped' }).tone).toBe('warn')
    expect(outcomeWords(job(null, 'interrupted')).text).toContain('list of the server')
    expect(outcomeWords(job(null)).tone).toBe('quiet')
  })
})

describe('the form for a server', () => {
  const form = { host: ' h ', portText: ' 6390 ', userName: ' ', password: ' p ', isTls: true, caPem: ' ', name: '' }

  test('makes an order: a password stays as it was typed, the rest is trimmed, what is empty is not given', () => {
    expect(orderOf(form)).toEqual({
      name: null,
      host: 'h',
      port: 6390,
      userName: null,
      password: ' p ',
      tls: { caPem: null },
    })
    expect(orderOf({ ...form, host: '[::1]', password: '', isTls: false })).toMatchObject({
      host: '::1',
      password: null,
      tls: null,
    })
  })

  test.each(['', '0', '65536', '1e3', '-1', '6390x'])('has no order with the port %j', (portText) => {
    expect(orderOf({ ...form, portText })).toBe(null)
  })

  test('leads back to the field that is to blame', () => {
    const of = (code: ErrorInfo['code'], message: string) => {
      const trouble = { ...error, code, message }
      return [troubleField(trouble), troubleTitle(trouble)]
    }
    expect([
      of('SERVER_REFUSED', 'no'),
      of('SERVER_UNREACHABLE', "the server's certificate is not trusted"),
      of('BAD_REQUEST', 'the authorities to trust are not certificates in PEM'),
      of('SERVER_UNREACHABLE', 'the server cannot be reached'),
      of('INTERNAL', 'a bug'),
    ]).toEqual([
      ['password', 'It answers, but does not let us in.'],
      ['ca', 'It answers, but its certificate is not trusted.'],
      ['ca', 'It was not asked.'],
      ['host', 'It does not answer.'],
      [null, 'It was not added.'],
    ])
  })
})

test('the phases of the demo are steps that go on', () => {
  const phases = [
    'Starting the sandbox',
    'Writing a month of business',
    'Making a full backup',
    'The accident happened',
    'Opening its repository',
    'something else',
  ]
  expect(phases.map(demoStepOf)).toEqual([0, 1, 1, 2, 3, 0])
})
