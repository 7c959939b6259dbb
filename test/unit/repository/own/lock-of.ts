import { expect } from 'vitest'
import { type FileLayer, nodeFileLayer } from '../../../../src-main/base/file-layer.ts'
import type { ProcessFacts } from '../../../../src-main/repository/own/lock/process-facts.ts'
import { WriterLock } from '../../../../src-main/repository/own/lock/writer-lock.ts'
import { standingClock } from './fabricated-repository.ts'

export const ids = Array.from({ length: 9 }, (_, index) => `${String(index).repeat(8)}-aaaa-4aaa-8aaa-aaaaaaaaaaaa`)
export const busy = expect.objectContaining({ code: 'REPOSITORY_BUSY' })
export const SECOND_US = 1_000_000

export function machine(host: string, processes: Record<number, string>, processId = 100): ProcessFacts {
  return {
    host,
    processId,
    processSpace: `${host} space`,
    processStart: processes[processId] ?? null,
    hasOneProcessSpace: false,
    bootedAtUs: null,
    look: (id) => {
      const processStart = processes[id]
      return processStart === undefined ? 'ended' : { processStart }
    },
  }
}

export function lockOf(
  root: string,
  order: { id: number; process: ProcessFacts; clock?: ReturnType<typeof standingClock>; layer?: FileLayer },
) {
  const clock = order.clock ?? standingClock(1_795_000_000_000_000)
  const instanceId = ids[order.id] ?? ''
  const layer = order.layer ?? nodeFileLayer
  return new WriterLock({ root, layer, clock, program: 'sandbox', instanceId, process: order.process })
}
