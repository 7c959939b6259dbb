import { AppError } from '#base/app-error.ts'

/** The graph that is always there; the engine restores no other faithfully (docs/formats/samyama.md §1.10). */
export const DEFAULT_GRAPH = 'default'

const NAME_CHARACTERS_MAX = 128
const NAME = /^[^\p{Cc}:]+$/u

/**
 * A graph's name is the tenant in its rows' keys. A colon is refused: the engine splits keys at the first one
 * (docs/formats/samyama.md §1.3).
 * @throws AppError BAD_REQUEST
 */
export function checkGraphName(name: string): void {
  if (name.length <= NAME_CHARACTERS_MAX && name.isWellFormed() && NAME.test(name)) return
  throw new AppError('BAD_REQUEST', {
    message: `a graph's name has 1 to ${NAME_CHARACTERS_MAX} characters, no colon and no control characters`,
    unharmed: 'Nothing was changed.',
    nextStep: `Use another name; most clients use "${DEFAULT_GRAPH}".`,
  })
}
