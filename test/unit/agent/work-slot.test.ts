import { expect, test } from 'vitest'
import { WorkSlot } from '../../../src-main/agent/work-slot.ts'

test('a second work is refused with what is in its way, and may come when the first has ended', async () => {
  const slot = new WorkSlot()
  let end: (value: string) => void = () => {}
  const first = slot.run(
    'a full backup',
    () => 0.437,
    () => new Promise<string>((resolve) => (end = resolve)),
  )
  expect(slot.running).toEqual({ workId: 1, title: 'a full backup', progress: 0.437 })
  await expect(
    slot.run(
      'retention',
      () => null,
      async () => {},
    ),
  ).rejects.toMatchObject({
    code: 'JOB_RUNNING',
    facts: { message: 'a full backup is running (job 1, 43 %)' },
  })
  end('made')
  expect([await first, slot.running]).toEqual(['made', null])
  expect(
    await slot.run(
      'retention',
      () => null,
      async () => 'removed',
    ),
  ).toBe('removed')
})

test('a work that fails, at once or later, leaves the slot free', async () => {
  const slot = new WorkSlot()
  const failures = [
    () => {
      throw new Error('at once')
    },
    async () => {
      throw new Error('later')
    },
  ]
  for (const failure of failures)
    await expect(slot.run('a backup', () => null, failure)).rejects.toThrow(/at once|later/)
  await slot.ended()
  expect(slot.running).toBe(null)
})
