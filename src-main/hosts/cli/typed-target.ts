import type { RecoveryTarget } from '#contract'
import type { Core } from '../../core/create-core.ts'
import type { AskedPoint } from './point-options.ts'
import { preciseTime } from './render.ts'
import { badArgument } from './usage.ts'

/**
 * The point that a typed time comes down to, and how it was understood.
 * @throws AppError BAD_REQUEST for one that a clock showed twice, with the choices, or that cannot be understood
 */
export async function targetOf(
  core: Core,
  sourceId: number,
  { text, zone, isExclusive }: Extract<AskedPoint, { kind: 'typed' }>,
): Promise<{ target: RecoveryTarget; readAs: string }> {
  const point = await core.client.recovery.typedPoint({ sourceId, text, zone })
  if (point.kind === 'ambiguous') {
    const choices = point.choices.map(({ target, sentence }) => `  ${choiceText(target)}: ${sentence}`)
    throw badArgument('it is not clear which point is meant', text, [point.sentence, ...choices].join('\n'))
  }
  if (point.kind === 'unclear') throw badArgument('not a point to go back to', text, point.sentence)
  const { target, sentence } = point
  if (!isExclusive) return { target, readAs: sentence }
  if (target.kind !== 'time') throw badArgument('not a time', text, '--exclusive goes with a time.')
  return { target: { ...target, isInclusive: false }, readAs: sentence }
}

function choiceText(target: RecoveryTarget): string {
  if (target.kind === 'time') return `--to-time ${preciseTime(target.timeUs)}`
  return target.kind === 'mark' ? `--mark '${target.name}'` : target.kind
}
