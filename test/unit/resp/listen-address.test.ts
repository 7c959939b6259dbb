import { describe, expect, test } from 'vitest'
import { checkListenAddress } from '../../../src-main/resp/listen-address.ts'

const open = { hasTls: false, hasUsers: false, isInsecure: false }

function messageOf(host: string, protection = open, port = 6379): string | null {
  try {
    checkListenAddress({ host, port }, protection)
    return null
  } catch (error) {
    return (error as Error).message
  }
}

describe('an open server', () => {
  test.each(['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', 'localhost'])('may listen on %s', (host) => {
    expect(messageOf(host)).toBeNull()
  })

  test.each(['0.0.0.0', '::', '10.0.0.1', '::ffff:10.0.0.1', 'example.org', '127.0.0.1.example.org', '2130706433'])(
    'may not listen on %s',
    (host) => {
      expect(messageOf(host)).toBe(
        `other machines could reach this address, and TLS and a password are missing: ${host}:6379`,
      )
    },
  )
})

test('other machines need both TLS and a password, or that it is said to be insecure', () => {
  const found = [
    messageOf('0.0.0.0', { ...open, hasTls: true }),
    messageOf('0.0.0.0', { ...open, hasUsers: true }),
    messageOf('0.0.0.0', { ...open, hasTls: true, hasUsers: true }),
    messageOf('0.0.0.0', { ...open, isInsecure: true }),
  ]
  expect(found).toEqual([
    'other machines could reach this address, and a password is missing: 0.0.0.0:6379',
    'other machines could reach this address, and TLS is missing: 0.0.0.0:6379',
    null,
    null,
  ])
})

test.each([-1, 65536, 1.5, Number.NaN])('port %d is refused', (port) => {
  expect(messageOf('127.0.0.1', open, port)).toBe(`a port is a number from 0 to 65535: ${port}`)
})

test('no address is refused, even when it may be insecure', () => {
  expect(messageOf('', { ...open, isInsecure: true })).toBe('an address to listen on is missing')
})
