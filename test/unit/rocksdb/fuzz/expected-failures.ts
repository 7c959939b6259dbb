import type { ExpectedFailure } from '../../../support/fuzz/fuzz-tests.ts'

/** What is known to go wrong and open work. */
export const expectedFailures: readonly ExpectedFailure[] = []
