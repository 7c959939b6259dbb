import type { RecoverIntent } from '../../base/recover-address.ts'
import type { ProofLevel } from './plan-words.ts'

/** What may have happened, what is done about it, and what is not touched. */
export const intents: Record<
  RecoverIntent,
  {
    readonly title: string
    readonly does: string
    readonly leaves: string
    readonly proofLevel: ProofLevel
    readonly ending: string
  }
> = {
  undo: {
    title: 'Undo an accident',
    does: 'Something was deleted or overwritten. Bring back the state just before it, into a new directory.',
    leaves: 'The server goes on as it is. Nothing is switched over until you do it.',
    proofLevel: 'sampled',
    ending: 'before-accident',
  },
  lost: {
    title: 'Lost server',
    does: 'The server or its disk is gone. Bring back the latest state that the archive has.',
    leaves: 'The repository is only read. Nothing that exists is overwritten.',
    proofLevel: 'sampled',
    ending: 'recovered',
  },
  rehearse: {
    title: 'Rehearse',
    does: 'Nothing happened. Find out whether it works and how long it takes, with every row compared.',
    leaves: 'Neither server nor repository notice it. Delete the directory afterwards.',
    proofLevel: 'full',
    ending: 'rehearsal',
  },
  copy: {
    title: 'Take a copy',
    does: 'Get the data as it was at some point, to look into it or to test with it.',
    leaves: 'Neither server nor repository notice it.',
    proofLevel: 'counts',
    ending: 'copy',
  },
}
