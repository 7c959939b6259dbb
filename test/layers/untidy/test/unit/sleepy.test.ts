import { describe, test } from 'vitest'

test('sleeps', async () => {
  await new Promise((resolve) => setTimeout(resolve, 100))
})
test.only('is alone', () => {})
test.skip('is off', () => {})
describe.skipIf(true)('is off here', () => {})
test('leaves', (context) => context.skip())
test('leaves with a reason', (context) => context.skip('did not run: no ldb here'))
