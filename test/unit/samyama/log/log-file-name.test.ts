import { expect, test } from 'vitest'
import { orderLogicalLogs, parseLogicalLogName } from '../../../../src-main/samyama/log/log-file-name.ts'

test('a log tells its number, and other names are no logs', () => {
  expect(parseLogicalLogName('wal-00000000000000ff.log')).toEqual({ name: 'wal-00000000000000ff.log', number: 255n })
  const others = [
    'wal-ff.log',
    'wal-00000000000000FF.log',
    'wal-00000000000000ff.log.tmp',
    'x/wal-00000000000000ff.log',
  ]
  expect(others.map(parseLogicalLogName)).toEqual([null, null, null, null])
})

test('logs are in the order they were written, and other files are left out', () => {
  const names = ['wal-ffffffffffffffff.log', 'notes.txt', 'wal-0000000000000010.log', 'wal-0000000000000002.log']
  expect(orderLogicalLogs(names).map((log) => log.number)).toEqual([2n, 16n, 2n ** 64n - 1n])
})
