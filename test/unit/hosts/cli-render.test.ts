// Goal: what the terminal shows is exact: columns line up, sizes round as they should, keys are text or hex.
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { defaultDataFolder } from '../../../src-main/core/default-data-folder.ts'
import { bytes, table, text, time } from '../../../src-main/hosts/cli/render.ts'

test('a table aligns text left and numbers right', () => {
  expect(
    table(
      ['id', 'state', 'n'],
      [
        [1, 'sound', 10],
        [200, 'incomplete', 3],
      ],
    ).split('\n'),
  ).toEqual([' id  state        n', '  1  sound       10', '200  incomplete   3'])
  expect(table(['id', 'state'], [])).toBe('id  state')
})

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1_572_864, '1.5 MiB'],
  [Number.MAX_SAFE_INTEGER, '8.0 PiB'],
])('%d bytes read as %s', (sizeBytes, shown) => {
  expect(bytes(sizeBytes)).toBe(shown)
})

test('a time is shown in UTC, as whole seconds', () => {
  expect([time(0), time(1_795_419_192_999_999)]).toEqual(['1970-01-01T00:00:00Z', '2026-11-23T07:33:12Z'])
})

test.each([
  ['key 1', 'key 1'],
  ['Wärme', 'Wärme'],
  ['', ''],
  ['\n', '0x0A'],
  ['\u001B[2J', '0x1B5B324A'],
  [Buffer.from([0xff, 0x00]), '0xFF00'],
  ['\u0085', '0xC285'],
])('the bytes of %j are shown as %j', (value, shown) => {
  expect(text(Buffer.from(value).toString('base64'))).toBe(shown)
})

test('the data folder is where each platform wants it, or where the environment says', () => {
  expect(defaultDataFolder('linux', { LIFEBOAT_DATA_FOLDER: '/srv/data' })).toBe('/srv/data')
  expect(defaultDataFolder('linux', { XDG_DATA_HOME: '/srv/xdg' })).toBe(join('/srv/xdg', 'lifeboat'))
  expect(defaultDataFolder('linux', {})).toBe(join(homedir(), '.local', 'share', 'lifeboat'))
  expect(defaultDataFolder('darwin', {})).toBe(join(homedir(), 'Library', 'Application Support', 'Lifeboat'))
  expect(defaultDataFolder('win32', { APPDATA: '/srv/roaming' })).toBe(join('/srv/roaming', 'Lifeboat'))
})
