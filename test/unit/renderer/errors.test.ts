import { ORPCError } from '@orpc/client'
import { describe, expect, test } from 'vitest'
import { errorInfoOf, NotConnectedError } from '../../../src-renderer/api/errors.ts'
import { retryDelayMs } from '../../../src-renderer/api/reconnect.ts'

describe('anything thrown', () => {
  test('by the core on purpose keeps its facts', () => {
    const data = {
      code: 'DISK_FULL',
      message: 'the disk is full',
      subject: '/srv',
      unharmed: null,
      nextStep: null,
      details: null,
    }
    expect(errorInfoOf(new ORPCError('LIFEBOAT', { defined: true, data }))).toEqual(data)
  })

  test('by the bounds of the contract is no fault of Lifeboat', () => {
    const { code, unharmed } = errorInfoOf(new ORPCError('BAD_REQUEST', { message: 'Input validation failed' }))
    expect({ code, unharmed }).toEqual({ code: 'BAD_REQUEST', unharmed: 'Nothing was done.' })
  })

  test('because the line is lost says so, and what was not harmed', () => {
    for (const thrown of [new NotConnectedError('gone'), new DOMException('aborted', 'AbortError')]) {
      const { code, message, unharmed } = errorInfoOf(thrown)
      expect({ code, message, isSaid: unharmed !== null }).toEqual({
        code: 'IO_FAILED',
        message: 'no answer from the Lifeboat core',
        isSaid: true,
      })
    }
  })

  test('by mistake is our bug, with the chain of causes as details', () => {
    const thrown = new TypeError('x is not a function', { cause: new Error('deep') })
    const info = errorInfoOf(thrown)
    expect([info.code, info.details]).toEqual(['INTERNAL', 'TypeError: x is not a function\nError: deep'])
    expect(errorInfoOf('text').details).toBe('text')
    expect(errorInfoOf(new ORPCError('INTERNAL_SERVER_ERROR')).code).toBe('INTERNAL')
  })
})

test('the wait before the next try doubles up to eight seconds', () => {
  expect([0, 1, 2, 5, 6, 1_000].map(retryDelayMs)).toEqual([250, 500, 1_000, 8_000, 8_000, 8_000])
})
